extension JSONReader {
    /// Reads a string whose opening quote is at `position`; refuses control characters and bytes that are not UTF-8.
    mutating func scanString() throws(JSONError) -> String {
        let start = position + 1
        var index = start
        var seen: UInt8 = 0
        while index < end {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                position = index + 1
                // Up to 15 bytes live inside the String itself, so short keys cost no allocation.
                if seen < 0x80 { return String(decoding: bytes[start..<index], as: UTF8.self) }
                return try validated(bytes[start..<index])
            }
            guard byte >= 0x20, byte != UInt8(ascii: "\\") else {
                return try scanEscapedString(from: start, escape: index)
            }
            seen |= byte
            index += 1
        }
        position = end
        throw failure("expected '\"'")
    }

    /// Moves past a string whose opening quote is at `position`; its UTF-8 and the digits after `\u` are not checked.
    mutating func skipString() throws(JSONError) {
        var index = position + 1
        while index < end {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                position = index + 1
                return
            }
            if byte == UInt8(ascii: "\\") {
                index += 1
            } else if byte < 0x20 {
                position = index
                throw failure("control character in a string")
            }
            index += 1
        }
        position = end
        throw failure("expected '\"'")
    }

    private mutating func scanEscapedString(from start: Int, escape: Int) throws(JSONError) -> String {
        var text = Array(bytes[start..<escape])
        position = escape
        while position < end {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return try validated(text[...])
            case UInt8(ascii: "\\"):
                try scanEscape(into: &text)
            case 0..<0x20:
                throw failure("control character in a string")
            default:
                text.append(byte)
                position += 1
            }
        }
        throw failure("expected '\"'")
    }

    private mutating func scanEscape(into text: inout [UInt8]) throws(JSONError) {
        let start = position
        position += 1
        guard position < end else { throw failure("expected an escape") }
        let letter = bytes[position]
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(contentsOf: String(try scanScalar(from: start)).utf8)
        default: throw failure("unknown escape", at: start)
        }
    }

    /// The scalar of `\uXXXX`, or of a surrogate pair; a surrogate alone has no UTF-8 and is refused.
    private mutating func scanScalar(from start: Int) throws(JSONError) -> Unicode.Scalar {
        let first = try scanFourHexadecimalDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, position + 1 < end, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { throw failure("lone surrogate", at: start) }
        position += 2
        let second = try scanFourHexadecimalDigits()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw failure("lone surrogate", at: start) }
        return scalar
    }

    private mutating func scanFourHexadecimalDigits() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard position < end else { throw failure("expected four hexadecimal digits") }
            let byte = bytes[position]
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(byte - 0x41 + 10)
            case 0x61...0x66: value = value << 4 | UInt32(byte - 0x61 + 10)
            default: throw failure("expected four hexadecimal digits")
            }
            position += 1
        }
        return value
    }

    private func validated(_ text: ArraySlice<UInt8>) throws(JSONError) -> String {
        guard let string = String(validating: text, as: UTF8.self) else {
            throw JSONError(offset: position, message: "text is not UTF-8")
        }
        return string
    }
}
