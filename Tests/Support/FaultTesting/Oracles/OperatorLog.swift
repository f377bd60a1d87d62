import JSON

/// O5: what the operator says about itself.
enum OperatorLog {
    /// Lines at error level that no fault explains, the key, and lines that are no log lines, such as a trap's.
    static func complaints(_ text: String, explained: [String]) -> [String] {
        var found: [String] = []
        for line in text.split(separator: "\n") {
            if line.contains(FaultSession.key) { found.append("I5: the key is in the log") }
            guard line.hasPrefix("{") else {
                found.append("O5: the operator said: \(line.prefix(300))")
                continue
            }
            guard line.contains(#""level":"error""#) || line.contains(#""level":"critical""#) else { continue }
            if explained.contains(where: { line.contains($0) }) { continue }
            found.append("O5: \(line.prefix(600))")
        }
        return found
    }
}
