import JSON

/// What a plain scalar means (YAML 1.2.2 section 10.3.2).
enum CoreSchema {
    enum Failure: Error {
        case leadingZero
        case notFinite
        case outOfRange

        func message(for text: String) -> String {
            switch self {
            case .leadingZero: "\(text) is octal to some and decimal to others: write 0o… or quotes"
            case .notFinite: "\(text) has no JSON form"
            case .outOfRange: "\(text) does not fit 64 bits"
            }
        }
    }

    static func resolve(_ text: String) throws(Failure) -> JSONValue {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: return try number(text) ?? .string(text)
        }
    }

    /// Nil when the text is no number of the core schema.
    static func number(_ text: String) throws(Failure) -> JSONValue? {
        guard let first = text.utf8.first, first <= 0x39 else { return nil }
        if text.hasPrefix("0x") { return try based(text, radix: 16) }
        if text.hasPrefix("0o") { return try based(text, radix: 8) }
        var scalar = NumberText(text)
        guard let parts = scalar.parse() else {
            if ["inf", "Inf", "INF"].contains(scalar.afterSignAndDot) || [".nan", ".NaN", ".NAN"].contains(text) {
                throw .notFinite
            }
            return nil
        }
        guard parts.isInteger else { return .number(parts.json) }
        guard parts.whole.count == 1 || !parts.whole.hasPrefix("0") else { throw .leadingZero }
        return Int64(parts.json).map(JSONValue.integer) ?? .number(parts.json)
    }

    private static func based(_ text: String, radix: Int) throws(Failure) -> JSONValue? {
        let digits = text.dropFirst(2)
        guard !digits.isEmpty, digits.utf8.allSatisfy({ isDigit($0, radix: radix) }) else { return nil }
        guard let value = Int64(digits, radix: radix) else { throw .outOfRange }
        return .integer(value)
    }

    private static func isDigit(_ byte: UInt8, radix: Int) -> Bool {
        switch byte {
        case 0x30...0x37: true
        case 0x38, 0x39, 0x41...0x46, 0x61...0x66: radix == 16
        default: false
        }
    }
}
