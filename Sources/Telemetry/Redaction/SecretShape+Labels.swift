/// Credentials that show by what stands before them.
extension SecretShape {
    /// Without the words that may stand before them behind a dash (`access_token`, `aws-session-token`), which begin another
    /// word; a dash stands for an underscore too.
    private static let labels: [StaticString] = [
        "token", "password", "passwd", "secret", "secretkey", "secretaccesskey", "access_key", "apikey", "api_key",
        "key_data",
    ]

    private static let shortestValue = 16

    /// `token: …`, `"client_secret": "…"`, `AWS_SECRET_ACCESS_KEY=…`, `client-key-data: …`: what follows, if it is of letters
    /// and digits and as long as such things are.
    mutating func labelled(at start: Int) -> Range<Int>? {
        guard Self.mayBeginLabel(bytes[start]), Self.isWordStart(bytes, start) else { return nil }
        // A label may stand where the value of another was looked for: what counts is where its own begins.
        guard let value = labelledStart(at: start), value >= plainUntil else { return nil }
        let end = Self.run(in: bytes, from: value, while: Self.isValueByte)
        let text = bytes[value..<end]
        guard end - value >= Self.shortestValue, text.contains(where: Self.isDigit), text.contains(where: Self.isLetter)
        else {
            // A value that begins inside of it is no longer and has no more in it.
            plainUntil = end
            return nil
        }
        return value..<end
    }

    /// The credential after `Basic`: base64, which words are not.
    func basic(at start: Int) -> Range<Int>? {
        guard Self.hasPrefix("basic ", in: bytes, at: start, ignoringCase: true), Self.isWordStart(bytes, start) else {
            return nil
        }
        let token = start + 6
        let end = Self.run(in: bytes, from: token) { Self.isValueByte($0) && $0 != UInt8(ascii: ".") }
        let text = bytes[token..<end]
        let isMixed =
            text.contains { Self.isDigit($0) || $0 == UInt8(ascii: "=") }
            || text.dropFirst().contains { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
        return end - token >= 8 && isMixed ? token..<end : nil
    }

    /// The password in `scheme://user:password@host`.
    func addressPassword(at start: Int) -> Range<Int>? {
        guard Self.hasPrefix("://", in: bytes, at: start) else { return nil }
        let user = Self.run(in: bytes, from: start + 3) { Self.isUserByte($0) && $0 != UInt8(ascii: ":") }
        guard user < bytes.count, bytes[user] == UInt8(ascii: ":") else { return nil }
        let end = Self.run(in: bytes, from: user + 1, while: Self.isUserByte)
        guard end < bytes.count, bytes[end] == UInt8(ascii: "@"), end > user + 1 else { return nil }
        return user + 1..<end
    }

    /// Where the value begins that stands behind one of the labels.
    private func labelledStart(at start: Int) -> Int? {
        for label in Self.labels where isLabel(label, at: start) {
            if let value = valueStart(after: start + label.utf8CodeUnitCount) { return value }
        }
        return nil
    }

    private func isLabel(_ label: StaticString, at start: Int) -> Bool {
        guard bytes.count - start >= label.utf8CodeUnitCount else { return false }
        return label.withUTF8Buffer { label in
            label.indices.allSatisfy { index in
                let byte = bytes[start + index]
                let isDash = byte == UInt8(ascii: "-") && label[index] == UInt8(ascii: "_")
                return isDash || (Self.isLetter(byte) ? byte | 0x20 : byte) == label[index]
            }
        }
    }

    /// Behind an end of quotes, a colon or an equals sign, and a beginning of quotes, each of which may be escaped.
    private func valueStart(after label: Int) -> Int? {
        var index = skipQuotes(from: label)
        index = Self.run(in: bytes, from: index, while: Self.isBlank)
        guard index < bytes.count, bytes[index] == UInt8(ascii: ":") || bytes[index] == UInt8(ascii: "=") else {
            return nil
        }
        index = Self.run(in: bytes, from: index + 1, while: Self.isBlank)
        return skipQuotes(from: index)
    }

    private func skipQuotes(from start: Int) -> Int {
        var index = start
        // A text within a text within a text escapes them twice; more is no one's.
        while index < bytes.count, index - start < 4, bytes[index] == UInt8(ascii: "\\") { index += 1 }
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "'") else {
            return start
        }
        return index + 1
    }

    private static func mayBeginLabel(_ byte: UInt8) -> Bool {
        switch byte | 0x20 {
        case UInt8(ascii: "t"), UInt8(ascii: "p"), UInt8(ascii: "s"), UInt8(ascii: "a"), UInt8(ascii: "k"): true
        default: false
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isValueByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="),
            UInt8(ascii: "%"), UInt8(ascii: "!"), UInt8(ascii: "$"):
            true
        default: isKeyByte(byte)
        }
    }

    /// What may stand before the `@` of an address.
    private static func isUserByte(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && !"/?#@\"'<>\\".utf8.contains(byte)
    }
}
