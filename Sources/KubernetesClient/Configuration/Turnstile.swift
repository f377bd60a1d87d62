import Primitives

/// Lets one task at a time through, in the order they came.
///
/// Invariants: while `isTaken`, exactly one task is inside, and only it hands on; `arriving` holds those who have a number
/// but do not stand in line yet; a waiter that is cancelled is taken out of either and never let in.
final class Turnstile: Sendable {
    private struct State {
        var isTaken = false
        var nextID = 0
        var line: [(id: Int, continuation: CheckedContinuation<Bool, Never>)] = []
        var arriving: Set<Int> = []
    }

    private let state = Locked(State())

    /// Runs `body` alone; throws `cancelled` when the task is cancelled while it waits.
    func pass<Value, Failure: Error>(
        orThrow cancelled: @autoclosure () -> Failure, _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        guard await enter() else { throw cancelled() }
        defer { leave() }
        return try await body()
    }

    private func enter() async -> Bool {
        let id: Int? = state.withLock { state in
            guard state.isTaken else {
                state.isTaken = true
                return nil
            }
            state.nextID += 1
            state.arriving.insert(state.nextID)
            return state.nextID
        }
        guard let id else { return true }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
                let immediate: Bool? = state.withLock { state in
                    guard state.arriving.remove(id) != nil else { return false }
                    guard state.isTaken else {
                        state.isTaken = true
                        return true
                    }
                    state.line.append((id, continuation))
                    return nil
                }
                if let immediate { continuation.resume(returning: immediate) }
            }
        } onCancel: {
            drop(id)
        }
    }

    private func leave() {
        let next: CheckedContinuation<Bool, Never>? = state.withLock { state in
            guard !state.line.isEmpty else {
                state.isTaken = false
                return nil
            }
            return state.line.removeFirst().continuation
        }
        next?.resume(returning: true)
    }

    private func drop(_ id: Int) {
        let waiter: CheckedContinuation<Bool, Never>? = state.withLock { state in
            state.arriving.remove(id)
            guard let index = state.line.firstIndex(where: { $0.id == id }) else { return nil }
            return state.line.remove(at: index).continuation
        }
        waiter?.resume(returning: false)
    }
}
