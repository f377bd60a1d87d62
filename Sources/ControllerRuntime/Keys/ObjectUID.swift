/// A uid in 17 bytes instead of 36 and a header; what is no UUID in the server's spelling stays text.
package enum ObjectUID: Sendable, Hashable, CustomStringConvertible {
    case uuid(UInt64, UInt64)
    case text(String)

    package init(_ text: String) {
        guard let (high, low) = Self.parse(text) else {
            self = .text(text)
            return
        }
        self = .uuid(high, low)
    }

    package var description: String {
        switch self {
        case .text(let text): return text
        case .uuid(let high, let low):
            var bytes: [UInt8] = []
            bytes.reserveCapacity(36)
            for (half, word) in [high, low].enumerated() {
                for digit in 0..<16 {
                    // Hyphens before digits 8, 12, 16 and 20 of the 32.
                    if [8, 12, 16, 20].contains(half * 16 + digit) { bytes.append(UInt8(ascii: "-")) }
                    bytes.append(Self.digits[Int(word >> UInt64(60 - digit * 4) & 15)])
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    private static let digits = Array("0123456789abcdef".utf8)

    private static func parse(_ text: String) -> (UInt64, UInt64)? {
        guard text.utf8.count == 36 else { return nil }
        var words: (UInt64, UInt64) = (0, 0)
        for (position, byte) in text.utf8.enumerated() {
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let digit: UInt64
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = UInt64(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = UInt64(byte - UInt8(ascii: "a") + 10)
            default: return nil
            }
            if position < 18 { words.0 = words.0 << 4 | digit } else { words.1 = words.1 << 4 | digit }
        }
        return words
    }
}
