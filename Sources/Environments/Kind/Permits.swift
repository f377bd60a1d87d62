import Primitives

/// Lets so many tasks through at a time and holds the others until one is done; cancelling a task ends its wait.
package final class Permits: Sendable {
    private struct State {
        var line: PermitLine
        var waiters: [UInt64: CheckedContinuation<Bool, Never>] = [:]
        /// Let through before they waited.
        var early: Set<UInt64> = []
    }

    private let state: Locked<State>

    package init(most: Int) { state = Locked(State(line: PermitLine(most: most))) }

    /// Runs `body` with a permit; `waits` is told when there is none yet.
    package func with<Value: Sendable, Failure: Error>(
        cancelled: Failure, waits: @Sendable () -> Void = {}, _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let (ticket, goesAhead) = state.withLock { $0.line.join() }
        if !goesAhead {
            waits()
            guard await wait(ticket) else { throw cancelled }
        }
        defer { leave() }
        return try await body()
    }

    /// False when the wait was given up.
    private func wait(_ ticket: UInt64) async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer = state.withLock { state -> Bool? in
                    if state.early.remove(ticket) != nil { return true }
                    // Cancellation may have come before this continuation existed.
                    if Task.isCancelled, state.line.giveUp(ticket) { return false }
                    state.waiters[ticket] = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
                guard let waiter = state.waiters[ticket], state.line.giveUp(ticket) else { return nil }
                state.waiters[ticket] = nil
                return waiter
            }
            waiter?.resume(returning: false)
        }
    }

    private func leave() {
        let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            guard let ticket = state.line.leave() else { return nil }
            guard let waiter = state.waiters.removeValue(forKey: ticket) else {
                state.early.insert(ticket)
                return nil
            }
            return waiter
        }
        waiter?.resume(returning: true)
    }
}
