import Primitives

extension TextForm {
    /// The same answer as ``pattern`` gives.
    package func matches(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return switch self {
        case .dnsLabel: Self.isWord(bytes, ends: Self.isLowerAlnum, between: "-")
        case .dnsSubdomain: Self.isWord(bytes, ends: Self.isLowerAlnum, between: "-.")
        case .decimal: Self.isDecimal(bytes)
        case .secretKey: Self.isName(bytes, start: { _ in true }, rest: "-._")
        case .identifier: Self.isWord(bytes, ends: Self.isAlnum, between: "-._/")
        case .problemID: Self.isWord(bytes, ends: Self.isAlnum, between: "-._")
        case .glob: Self.isName(bytes, start: { _ in true }, rest: "-._/*")
        case .modelName: Self.isName(bytes, start: Self.isAlnum, rest: "-._:/@")
        case .toolName:
            Self.isName(bytes, start: { Self.isLowerAlnum($0) && !Self.isDigit($0) }, rest: "_")
                && !bytes.contains(where: Self.isUpper)
        case .image: Self.isName(bytes, start: Self.isLowerAlnum, rest: "-._:/@")
        case .httpURL: Self.isHTTPURL(text)
        case .path: Self.isPath(text)
        case .quantity: Self.isQuantity(bytes)
        case .currency: bytes.count == 3 && bytes.allSatisfy(Self.isUpper)
        case .sha256: bytes.count == 64 && bytes.allSatisfy { Self.isOne($0, of: "0123456789abcdef") }
        case .reason:
            Self.isName(bytes, start: { Self.isAlnum($0) && !Self.isDigit($0) }, rest: "_,:")
                && bytes.last.map { Self.isAlnum($0) || Self.isOne($0, of: "_") } == true
        case .dateTime: Timestamp(rfc3339: text) != nil
        }
    }

    private static func isWord(_ bytes: [UInt8], ends: (UInt8) -> Bool, between: StaticString) -> Bool {
        guard let first = bytes.first, let last = bytes.last, ends(first), ends(last) else { return false }
        return bytes.allSatisfy { ends($0) || isOne($0, of: between) }
    }

    private static func isName(_ bytes: [UInt8], start: (UInt8) -> Bool, rest: StaticString) -> Bool {
        guard let first = bytes.first, start(first) else { return false }
        return bytes.allSatisfy { isAlnum($0) || isOne($0, of: rest) }
    }

    private static func isDecimal(_ bytes: [UInt8]) -> Bool {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return (1...2).contains(parts.count)
            && parts.allSatisfy { (1...9).contains($0.count) && $0.allSatisfy(isDigit) }
    }

    private static func isQuantity(_ bytes: [UInt8]) -> Bool {
        let number = bytes.prefix { isDigit($0) || $0 == UInt8(ascii: ".") }
        let parts = number.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let unit = String(decoding: bytes.dropFirst(number.count), as: UTF8.self)
        return (1...2).contains(parts.count) && parts.allSatisfy { !$0.isEmpty }
            && ["", "m", "k", "M", "G", "T", "Ki", "Mi", "Gi", "Ti"].contains(unit)
    }

    private static func isHTTPURL(_ text: String) -> Bool {
        // By scalar: a combining mark behind the slash would hide it from a comparison by character.
        let scalars = Array(text.unicodeScalars)
        guard let scheme = ["https://", "http://"].first(where: { scalars.starts(with: $0.unicodeScalars) })
        else { return false }
        let rest = scalars.dropFirst(scheme.count)
        let host = rest.prefix { $0 != "/" && $0 != "?" }
        return !host.isEmpty && !host.contains { $0 == "#" || $0 == "@" || isSpace($0) }
            && !rest.dropFirst(host.count).contains { $0 == "#" || isSpace($0) }
    }

    private static func isPath(_ text: String) -> Bool {
        text.unicodeScalars.first == "/" && !text.unicodeScalars.contains { $0 == "?" || $0 == "#" || isSpace($0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isUpper(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }

    private static func isLowerAlnum(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static func isAlnum(_ byte: UInt8) -> Bool { isLowerAlnum(byte) || isUpper(byte) }

    private static func isOne(_ byte: UInt8, of set: StaticString) -> Bool {
        set.withUTF8Buffer { $0.contains(byte) }
    }

    /// `\s` of RE2, which knows ASCII only.
    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " ", "\t", "\n", "\r", "\u{0C}": true
        default: false
        }
    }
}
