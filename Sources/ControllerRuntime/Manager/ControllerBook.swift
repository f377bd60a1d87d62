package import JSON
internal import Primitives

/// The controllers of the present term, for whoever asks what they are about.
///
/// Holds them weakly: a term that is over takes its controllers along, and on a standby there are none.
package final class ControllerBook: Sendable {
    private struct Entry: Sendable { weak let controller: Controller? }

    private let entries = Locked<[Entry]>([])

    package init() {}

    func open(_ controllers: [Controller]) {
        entries.withLock { $0 = controllers.map { Entry(controller: $0) } }
    }

    /// One value a controller, each with at most `limit` keys; see ``Controller/debugValue(limit:)``.
    package func debugValue(limit: Int) -> JSONValue {
        let present = entries.withLock { $0.compactMap(\.controller) }
        return .array(present.map { $0.debugValue(limit: limit) })
    }
}
