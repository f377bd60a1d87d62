/// The ids that somebody may have meant.
enum Suggestions {
    /// At most `count`, the closest first; none when nothing is near.
    static func closest(to id: String, among ids: [String], count: Int = 3) -> [String] {
        guard id.utf8.count <= 200 else { return [] }
        let wanted = Array(id.lowercased().utf8)
        let near = ids.map { (id: $0, distance: distance(wanted, Array($0.lowercased().utf8))) }
            .filter { $0.distance <= max(3, wanted.count / 3) }
        return near.sorted { ($0.distance, $0.id) < ($1.distance, $1.id) }.prefix(count).map(\.id)
    }

    /// Levenshtein's distance, in memory of one row.
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = i
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let substituted = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
