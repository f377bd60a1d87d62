package import AIOpsAPI
import Primitives

/// How a run is told to end from outside: by the user, by deletion of its task, or because its claim went elsewhere.
///
/// Invariants: a request only ever gets stronger (graceful, then immediate); every waiter is resumed exactly once.
package final class RunControl: Sendable {
    /// Why the run has to end.
    package enum Request: Int, Sendable, Comparable {
        /// Finish the current call, evaluate, persist; stop at once where the agent has not begun.
        case cancelGracefully = 1
        /// Persist and stop.
        case cancelImmediately = 2
        /// The task is being deleted or belongs to another worker: stop without another write.
        case abandon = 3

        /// What a cancel in a task's spec asks for; every mode that is not graceful stops at once.
        package init(_ mode: CancelMode) { self = mode == .graceful ? .cancelGracefully : .cancelImmediately }

        package static func < (left: Request, right: Request) -> Bool { left.rawValue < right.rawValue }
    }

    private struct Waiter {
        /// The weakest request that resumes it.
        var least: Request
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var request: Request?
        var isPaused = false
        var isAtWork = false
        var waiters: [UInt64: Waiter] = [:]
        var nextWaiter: UInt64 = 0
    }

    private let state = Locked(State())

    package init() {}

    package var request: Request? { state.withLock { $0.request } }

    // MARK: The process is about to stop

    /// Asks an agent at its work to go no further than the end of the step in hand; whoever takes the run up goes on from there.
    package func pause() { state.withLock { $0.isPaused = true } }

    package var isPaused: Bool { state.withLock { $0.isPaused } }

    /// Whether an agent is at work: what it has been answered and not yet recorded would be lost, and paid twice.
    package var isAtWork: Bool { state.withLock { $0.isAtWork } }

    func work(_ isAtWork: Bool) { state.withLock { $0.isAtWork = isAtWork } }

    // MARK: Requests

    /// Makes the request; a weaker one than the one already made changes nothing.
    package func ask(_ request: Request) {
        let resumed = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            if let current = state.request, current >= request { return [] }
            state.request = request
            let satisfied = state.waiters.filter { $0.value.least <= request }.sorted { $0.key < $1.key }
            for (ticket, _) in satisfied { state.waiters[ticket] = nil }
            return satisfied.map(\.value.continuation)
        }
        for waiter in resumed { waiter.resume() }
    }

    /// Returns once at least this was asked for, or when the calling task is cancelled.
    func asked(for least: Request) async {
        let ticket = state.withLock { state -> UInt64 in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let resumeNow = state.withLock { state -> Bool in
                    // Cancellation may have come before this continuation existed.
                    if Task.isCancelled { return true }
                    if let request = state.request, request >= least { return true }
                    state.waiters[ticket] = Waiter(least: least, continuation: continuation)
                    return false
                }
                if resumeNow { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: ticket) }?.continuation.resume()
        }
    }
}
