import Primitives

/// Whether the agent has begun, settled once between whoever lets it begin and whoever cancels before.
///
/// Invariant: of `begin` and `shut` the first to be called succeeds, and the other never does after it.
final class AgentGate: Sendable {
    private enum State {
        case ahead, begun, shut
    }

    private let state: Locked<State>

    init(hasBegun: Bool) { state = Locked(hasBegun ? .begun : .ahead) }

    var hasBegun: Bool { state.withLock { $0 == .begun } }

    /// Lets the agent begin, or go on; false when it may not any more.
    func begin() -> Bool {
        state.withLock { state in
            if state == .ahead { state = .begun }
            return state == .begun
        }
    }

    /// Keeps the agent from beginning; false when it has begun.
    func shut() -> Bool {
        state.withLock { state in
            if state == .ahead { state = .shut }
            return state == .shut
        }
    }
}
