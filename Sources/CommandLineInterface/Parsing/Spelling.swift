/// Finds what a mistyped word may have meant.
enum Spelling {
    /// Longer words are not compared, the cost is quadratic.
    private static let longest = 64

    /// The candidate within two edits, or a third of the word for short ones; the first of equals.
    static func nearest(to word: String, in candidates: [String]) -> String? {
        guard word.utf8.count <= longest else { return nil }
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let distance = distance(Array(word.utf8), Array(candidate.utf8))
            guard distance <= min(2, max(1, candidate.utf8.count / 3)), distance < best?.distance ?? .max else {
                continue
            }
            best = (candidate, distance)
        }
        return best?.name ?? candidates.first { word.utf8.count >= 3 && $0.hasPrefix(word) }
    }

    /// Optimal string alignment: insertions, deletions, replacements and swaps of neighbours.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for (row, byte) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var cost = min(last[column + 1] + 1, current[column] + 1, last[column] + (byte == other ? 0 : 1))
                if row > 0, column > 0, byte == right[column - 1], left[row - 1] == other {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
