internal import JSON

/// Answers `/debug/controllers`: which keys each controller has, where each is, since when, and what woke it.
///
/// On an address of its own and not beside the probes, since it names objects and those may be read by everybody.
package struct DebugPages: Sendable {
    /// Of keys of a controller, unless `?limit=` asks for others.
    package static let defaultLimit = 1_000
    private static let longest = 100_000
    private let book: ControllerBook

    package init(_ book: ControllerBook) { self.book = book }

    /// Nil for paths that are not ours.
    package func answer(path: String) -> ProbeAnswer? {
        let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.first == "/debug/controllers" else { return nil }
        var limit = Self.defaultLimit
        for field in parts.dropFirst().first?.split(separator: "&") ?? [] {
            guard field.hasPrefix("limit="), let asked = Int(field.dropFirst(6)), (1...Self.longest).contains(asked)
            else { return ProbeAnswer(status: 400, body: "only limit=1 to limit=\(Self.longest) is understood\n") }
            limit = asked
        }
        return ProbeAnswer(
            status: 200, contentType: "application/json", body: book.debugValue(limit: limit).text + "\n")
    }
}
