/// Reads fixed-width decimal fields and separators from ASCII text; every step may refuse.
struct DigitScanner {
    private let text: [UInt8]
    private var position = 0

    init(_ text: String) {
        self.text = Array(text.utf8)
    }

    var isAtEnd: Bool { position == text.count }

    mutating func number(digits: Int) -> Int64? {
        guard text.count - position >= digits else { return nil }
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    mutating func digit() -> Int64? {
        guard position < text.count, (0x30...0x39).contains(text[position]) else { return nil }
        defer { position += 1 }
        return Int64(text[position] - 0x30)
    }

    /// Takes the next byte when it is one of `choices`.
    mutating func take(_ choices: String) -> UInt8? {
        guard position < text.count, choices.utf8.contains(text[position]) else { return nil }
        defer { position += 1 }
        return text[position]
    }

    /// Takes exactly `word`.
    mutating func take(word: String) -> Bool {
        guard text[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }
}
