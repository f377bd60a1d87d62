/// Splits `[-+]? (\.[0-9]+ | [0-9]+(\.[0-9]*)?) ([eE][-+]?[0-9]+)?` and spells it as JSON wants it.
struct NumberText {
    struct Parts {
        var isNegative = false
        var whole = ""
        var fraction: String?
        var exponent: String?

        var isInteger: Bool { fraction == nil && exponent == nil }

        var json: String {
            let digits = whole.drop { $0 == "0" }
            let sign = isNegative ? "-" : ""
            let tail = fraction.map { "." + ($0.isEmpty ? "0" : $0) } ?? ""
            return sign + (digits.isEmpty ? "0" : String(digits)) + tail + (exponent ?? "")
        }
    }

    private let text: [UInt8]
    private var position = 0

    init(_ text: String) {
        self.text = Array(text.utf8)
    }

    var afterSignAndDot: String {
        let unsigned = text.first == UInt8(ascii: "+") || text.first == UInt8(ascii: "-") ? text.dropFirst() : text[...]
        return unsigned.first == UInt8(ascii: ".") ? String(decoding: unsigned.dropFirst(), as: UTF8.self) : ""
    }

    mutating func parse() -> Parts? {
        var parts = Parts()
        if let sign = take("+-") { parts.isNegative = sign == "-" }
        parts.whole = digits()
        if take(".") != nil {
            let fraction = digits()
            guard !(parts.whole.isEmpty && fraction.isEmpty) else { return nil }
            parts.fraction = fraction
        } else if parts.whole.isEmpty {
            return nil
        }
        if let letter = take("eE") {
            let sign = take("+-") ?? ""
            let digits = digits()
            guard !digits.isEmpty else { return nil }
            parts.exponent = letter + sign + digits
        }
        return position == text.count ? parts : nil
    }

    private mutating func take(_ choices: String) -> String? {
        guard position < text.count, choices.utf8.contains(text[position]) else { return nil }
        defer { position += 1 }
        return String(decoding: text[position...position], as: UTF8.self)
    }

    private mutating func digits() -> String {
        let start = position
        while position < text.count, (0x30...0x39).contains(text[position]) { position += 1 }
        return String(decoding: text[start..<position], as: UTF8.self)
    }
}
