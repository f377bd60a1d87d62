/// Cuts text at a number of bytes without breaking a character.
package enum TextCut {
    /// The longest beginning of whole characters that fits `limit` bytes of UTF-8.
    ///
    /// A single character longer than the limit (a base with many marks) is cut between scalars instead.
    package static func prefix(_ text: String, bytes limit: Int) -> String {
        if text.utf8.count <= limit { return text }
        var used = 0
        var end = text.startIndex
        for index in text.indices {
            let size = text[index].utf8.count
            if used + size > limit { break }
            used += size
            end = text.index(after: index)
        }
        if end > text.startIndex { return String(text[..<end]) }
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let size = UTF8.width(scalar)
            if used + size > limit { break }
            used += size
            scalars.append(scalar)
        }
        return String(scalars)
    }

    /// The longest end of whole scalars that fits `limit` bytes of UTF-8.
    package static func suffix(_ text: String, bytes limit: Int) -> String {
        let bytes = text.utf8
        if bytes.count <= limit { return text }
        var tail = bytes.suffix(max(0, limit))
        while let first = tail.first, first & 0xC0 == 0x80 { tail = tail.dropFirst() }
        return String(decoding: tail, as: UTF8.self)
    }
}
