/// Texts that are credentials by their looks.
///
/// Keys of OpenAI, OpenRouter and Anthropic (`sk-…`, `sk-or-…`, `sk-ant-…`) and of those in `SecretShape+Vendors`, the
/// credential after `Bearer` or `Basic`, JSON web tokens, private keys in PEM, plain and in base64, passwords in addresses, and
/// what is called a token, a password or a key and looks like one (`SecretShape+Labels`).
///
/// Looked for from the beginning to the end of a text that may be anybody's, so the time must grow with its length alone:
/// what was read in vain is not read again.
struct SecretShape {
    private static let shortestKey = 16
    private static let shortestToken = 8

    let bytes: [UInt8]
    /// No web token begins before it: the run of its characters ends there in something that no token has.
    private var tokenless = 0
    /// No labelled value begins before it: what was read up to there is none.
    var plainUntil = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The part of the text to hide when a credential starts exactly at `start`, which never goes back.
    mutating func match(at start: Int) -> Range<Int>? {
        let shape: Range<Int>? =
            switch bytes[start] {
            case UInt8(ascii: "s"): Self.apiKey(in: bytes, at: start)
            case UInt8(ascii: "B"), UInt8(ascii: "b"): Self.bearer(in: bytes, at: start) ?? basic(at: start)
            case UInt8(ascii: "e"): webToken(at: start)
            case UInt8(ascii: "-"): Self.privateKey(in: bytes, at: start)
            case UInt8(ascii: ":"): addressPassword(at: start)
            case UInt8(ascii: "L"): encodedPrivateKey(at: start)
            default: nil
            }
        if let range = shape ?? vendorKey(at: start) { return range }
        return labelled(at: start)
    }

    private static func apiKey(in bytes: [UInt8], at start: Int) -> Range<Int>? {
        guard hasPrefix("sk-", in: bytes, at: start), isWordStart(bytes, start) else { return nil }
        let end = run(in: bytes, from: start + 3, while: isKeyByte)
        return end - start - 3 >= shortestKey ? start..<end : nil
    }

    private static func bearer(in bytes: [UInt8], at start: Int) -> Range<Int>? {
        guard isWordStart(bytes, start), hasPrefix("bearer", in: bytes, at: start, ignoringCase: true) else {
            return nil
        }
        let token = run(in: bytes, from: start + 6) { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        guard token > start + 6 else { return nil }
        // The characters of `token68`, RFC 9110 11.2.
        let end = run(in: bytes, from: token) { isKeyByte($0) || "._~+/=".utf8.contains($0) }
        return end - token >= shortestToken ? token..<end : nil
    }

    private mutating func webToken(at start: Int) -> Range<Int>? {
        guard start >= tokenless, Self.hasPrefix("eyJ", in: bytes, at: start), Self.isWordStart(bytes, start) else {
            return nil
        }
        let header = Self.run(in: bytes, from: start, while: Self.isKeyByte)
        var end = header
        for _ in 0..<2 {
            let next =
                end < bytes.count && bytes[end] == UInt8(ascii: ".")
                ? Self.run(in: bytes, from: end + 1, while: Self.isKeyByte) : end
            guard next > end + 1 else {
                tokenless = header
                return nil
            }
            end = next
        }
        return start..<end
    }

    /// From the BEGIN line to the END line, or to the end of the text when that was cut off.
    private static func privateKey(in bytes: [UInt8], at start: Int) -> Range<Int>? {
        guard hasPrefix("-----BEGIN ", in: bytes, at: start) else { return nil }
        let label = start + 11
        let labelEnd = run(in: bytes, from: label) { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "\n") }
        guard bytes[label..<labelEnd].elementsEqual("PRIVATE KEY".utf8) || bytes[label..<labelEnd].ends(" PRIVATE KEY")
        else { return nil }
        var index = labelEnd
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "-"), hasPrefix("-----END ", in: bytes, at: index) {
                let tail = run(in: bytes, from: index + 9) { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "\n") }
                return start..<run(in: bytes, from: tail) { $0 == UInt8(ascii: "-") }
            }
            index += 1
        }
        return start..<bytes.count
    }

    static func run(
        in bytes: [UInt8], from start: Int, to most: Int? = nil, while belongs: (UInt8) -> Bool
    ) -> Int {
        let end = most ?? bytes.count
        var index = start
        while index < end, belongs(bytes[index]) { index += 1 }
        return index
    }

    static func hasPrefix(
        _ prefix: StaticString, in bytes: [UInt8], at start: Int, ignoringCase: Bool = false
    ) -> Bool {
        guard bytes.count - start >= prefix.utf8CodeUnitCount else { return false }
        return prefix.withUTF8Buffer { prefix in
            prefix.indices.allSatisfy { (bytes[start + $0] | (ignoringCase ? 0x20 : 0)) == prefix[$0] }
        }
    }

    static func isWordStart(_ bytes: [UInt8], _ index: Int) -> Bool {
        guard index > 0 else { return true }
        let before = bytes[index - 1]
        return !isKeyByte(before) || before == UInt8(ascii: "-") || before == UInt8(ascii: "_")
    }

    static func isKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension ArraySlice<UInt8> {
    fileprivate func ends(_ suffix: String) -> Bool {
        self.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    }
}
