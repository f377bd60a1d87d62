/// Where the in-memory server is known to disagree with a real one and is not mended yet, by scenario, with what is wrong.
///
/// A line of `Fixtures/scenarios/unmended.txt` each. It is a failure, too, when one of them begins to agree.
package enum Unmended {
    package static func reason(_ performance: Performance) throws -> String? {
        let lines = try Recording.text("unmended.txt").split(separator: "\n")
        return lines.first { $0.hasPrefix("\(performance): ") }.map { String($0.dropFirst("\(performance): ".count)) }
    }
}
