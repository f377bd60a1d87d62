import JSON

/// Figures with at most three decimals, written the same everywhere.
enum Decimals {
    static func text(_ value: Double) -> String {
        let thousandths = Int64((value * 1000).rounded())
        let whole = thousandths.magnitude / 1000
        var fraction = String(thousandths.magnitude % 1000 + 1000).dropFirst()
        while fraction.last == "0" { fraction.removeLast() }
        let sign = thousandths < 0 ? "-" : ""
        return fraction.isEmpty ? "\(sign)\(whole)" : "\(sign)\(whole).\(fraction)"
    }

    static func number(_ value: Double) -> JSONValue {
        let text = text(value)
        return Int64(text).map { .integer($0) } ?? .number(text)
    }
}
