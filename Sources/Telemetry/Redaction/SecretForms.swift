internal import Primitives

/// The ways in which a secret comes along in text: as it is, and as the usual tools of a shell write it.
///
/// Base64 writes three bytes as four characters, so a secret in the middle of something (`user:KEY`, a line of a file) has
/// three forms, by where it begins; of each, the characters that depend on the secret alone are taken. Percent and hexadecimal
/// digits are those of URLs, `xxd` and `od`.
enum SecretForms {
    static func of(_ secret: String) -> [[UInt8]] {
        let bytes = Array(secret.utf8)
        var forms = [bytes, hex(bytes, "0123456789abcdef"), hex(bytes, "0123456789ABCDEF")]
        // Whole first: what is encoded by itself goes with its padding.
        let whole = Array(Base64.encode(bytes).utf8)
        for text in [whole] + (0..<3).map({ base64(bytes, behind: $0) }) {
            forms.append(text)
            forms.append(
                text.map {
                    $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0
                })
        }
        forms.append(percentEncoded(bytes))
        var seen: Set<[UInt8]> = []
        return forms.filter { $0.count >= Redactor.shortestSecret && seen.insert($0).inserted }
    }

    /// Of `offset` other bytes and the secret, the characters that are the same whatever comes before and after it.
    private static func base64(_ bytes: [UInt8], behind offset: Int) -> [UInt8] {
        let text = Array(Base64.encode([UInt8](repeating: 0, count: offset) + bytes).utf8)
        let first = (offset * 8 + 5) / 6
        let end = (offset + bytes.count) * 8 / 6
        return first < end ? Array(text[first..<end]) : []
    }

    private static func hex(_ bytes: [UInt8], _ digits: StaticString) -> [UInt8] {
        digits.withUTF8Buffer { digits in
            bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] }
        }
    }

    private static func percentEncoded(_ bytes: [UInt8]) -> [UInt8] {
        bytes.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                return [byte]
            default: return [UInt8(ascii: "%")] + hex([byte], "0123456789ABCDEF")
            }
        }
    }
}
