import Conversations

/// Logs made short: blocks of lines that repeat, but for their times, are shown once with their number.
enum LogDigest {
    /// The longest block that is recognised as repeating.
    private static let longestBlock = 8

    /// At most `limit` bytes and a note; the beginning is cut, since the end of a log tells more.
    static func text(_ log: String, limit: Int, hasShell: Bool = true) -> String {
        let lines = log.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
        return cut(collapsed(lines), limit: limit, hasShell: hasShell)
    }

    static func collapsed(_ lines: [String]) -> [String] {
        let keys = lines.map(withoutTimes)
        var result: [String] = []
        var position = 0
        while position < lines.count {
            let (length, count) = repetition(of: keys, at: position)
            result += lines[position..<(position + length)]
            if count > 1 {
                let what = length == 1 ? "the line" : "the \(length) lines"
                result.append("[\(what) above repeated \(count - 1) more times]")
            }
            position += length * count
        }
        return result
    }

    /// The block that covers most when repeated from here on, and how often it stands there.
    private static func repetition(of keys: [String], at start: Int) -> (length: Int, count: Int) {
        var best = (length: 1, count: 1)
        for length in 1...longestBlock where start + 2 * length <= keys.count {
            var count = 1
            while start + (count + 1) * length <= keys.count,
                (0..<length).allSatisfy({ keys[start + $0] == keys[start + count * length + $0] })
            {
                count += 1
            }
            if count > 1, length * count > best.length * best.count { best = (length, count) }
        }
        // Two equal lines are shorter than a note about them.
        return best.length * (best.count - 1) > 1 ? best : (1, 1)
    }

    /// Drops the words that look like a date or a time.
    static func withoutTimes(_ line: String) -> String {
        line.split(separator: " ").filter { word in
            let digits = word.utf8.count { (48...57).contains($0) }
            let isTime =
                digits >= 4
                && word.utf8.allSatisfy { (48...57).contains($0) || "-:.TZ+/,[]".utf8.contains($0) }
                && word.utf8.contains { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "-") }
            return !isTime
        }.joined(separator: " ")
    }

    private static func cut(_ lines: [String], limit: Int, hasShell: Bool) -> String {
        var kept: [String] = []
        var size = 0
        for line in lines.reversed() {
            let line = line.utf8.count > 2048 ? TextCut.prefix(line, bytes: 2048) + "…" : line
            size += line.utf8.count + 1
            guard size <= limit else { break }
            kept.append(line)
        }
        let left = lines.count - kept.count
        let advice = hasShell ? "; use kubectl logs --since or grep for them" : ""
        let note = left > 0 ? ["[\(left) earlier lines left out\(advice)]"] : []
        return (note + kept.reversed()).joined(separator: "\n")
    }
}
