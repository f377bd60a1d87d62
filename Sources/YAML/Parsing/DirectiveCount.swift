/// Bounds the directives of a document before libyaml sees them.
///
/// libyaml compares each `%TAG` with all earlier ones, so a megabyte of them costs seconds. The count looks at the first
/// byte of a line only, hence a quoted scalar continued on many lines that begin with `%` is refused as well.
enum DirectiveCount {
    static func check(_ bytes: [UInt8], limit: Int) throws(YAMLError) {
        var count = 0
        var line = 1
        var startsLine = true
        for (index, byte) in bytes.enumerated() {
            if startsLine {
                if byte == UInt8(ascii: "%") {
                    count += 1
                    guard count <= limit else {
                        throw YAMLError(YAMLMark(line: line), "more than \(limit) directives")
                    }
                } else if bytes[index...].starts(with: "---".utf8) {
                    count = 0
                }
            }
            startsLine = byte == 0x0A || byte == 0x0D
            if byte == 0x0A { line += 1 }
        }
    }
}
