import JSON

/// Decides how a scalar is written so that every reader, of YAML 1.1 too, takes it for what it is.
enum ScalarStyle {
    /// Words some schema gives a meaning, in lower case.
    private static let reserved: Set<String> = [
        "y", "n", "yes", "no", "on", "off", "true", "false", "null",
    ]

    static func inline(_ value: JSONValue) -> String {
        switch value {
        case .string(let string): inline(string)
        case .array: "[]"
        case .object: "{}"
        // The writer quotes a number that is none, so this is plain or a string.
        default: value.text
        }
    }

    static func inline(_ string: String) -> String {
        isPlain(string) ? string : quoted(string)
    }

    /// Whether a literal block holds the text unchanged and is easier to read than quotes.
    static func isLiteral(_ string: String) -> Bool {
        guard string.utf8.contains(0x0A), let first = string.utf8.first else { return false }
        // A block that begins with blanks or breaks needs an explicit indentation; quotes are plainer.
        guard first != 0x20, first != 0x0A, first != 0x09 else { return false }
        return string.unicodeScalars.allSatisfy { $0 == "\n" || $0 == "\t" || isPrintable($0) }
    }

    /// Cautious: anything doubtful is quoted.
    private static func isPlain(_ string: String) -> Bool {
        let bytes = Array(string.utf8)
        guard let first = bytes.first, let last = bytes.last, last != 0x20, last != UInt8(ascii: ":") else {
            return false
        }
        switch first {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
            UInt8(ascii: "/"):
            break
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            // Numbers, octal, binary, sexagesimal and dates have no letter outside these.
            guard bytes.contains(where: { isLetter($0) && !"abcdefox_tz".utf8.contains($0 | 0x20) }) else {
                return false
            }
        default:
            return false
        }
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case 0x20 where bytes[index - 1] == UInt8(ascii: ":"):
                return false
            case 0x20, UInt8(ascii: ":"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "+"), UInt8(ascii: "="), UInt8(ascii: "@"),
                UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ";"), UInt8(ascii: "$"), UInt8(ascii: "~"),
                UInt8(ascii: ","):
                continue
            default:
                guard isLetter(byte) else { return false }
            }
        }
        return !reserved.contains(string.lowercased())
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) && byte >= 0x41
    }

    private static func quoted(_ string: String) -> String {
        var text = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            default:
                if isPrintable(scalar) {
                    text.unicodeScalars.append(scalar)
                } else {
                    text += escape(scalar)
                }
            }
        }
        return text + "\""
    }

    /// YAML's printable set without line breaks, the byte order mark and blanks that editors change.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2028, 0x2029, 0xFEFF: false
        case 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        let (letter, width) = scalar.value <= 0xFF ? ("x", 2) : scalar.value <= 0xFFFF ? ("u", 4) : ("U", 8)
        return "\\" + letter + String(repeating: "0", count: width - digits.count) + digits
    }
}
