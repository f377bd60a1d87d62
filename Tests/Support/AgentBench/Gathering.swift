import Primitives

/// Lets nobody on before all have come: at the first call and at the last one of each conversation, so that all of them are
/// open at once, and at their full length.
final class Gathering: Sendable {
    private struct State {
        var missing: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Locked<State>

    init(of expected: Int) { state = Locked(State(missing: expected)) }

    func join() async {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state -> [CheckedContinuation<Void, Never>] in
                state.missing -= 1
                state.waiting.append(continuation)
                guard state.missing <= 0 else { return [] }
                defer { state.waiting = [] }
                return state.waiting
            }
            for one in ready { one.resume() }
        }
    }
}
