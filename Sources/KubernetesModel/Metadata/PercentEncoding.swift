/// RFC 3986 percent-encoding of everything but unreserved characters.
package enum PercentEncoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    package static func encode(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isUnreserved(byte) {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            }
        }
        // "." and ".." are unreserved, yet a path segment of only dots would be resolved away.
        if text == "." || text == ".." { return text.replacingDots() }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default:
            false
        }
    }
}

extension String {
    fileprivate func replacingDots() -> String { String(repeating: "%2E", count: count) }
}
