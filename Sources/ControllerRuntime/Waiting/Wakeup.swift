package import Primitives

/// Wakes one waiter; calls that nobody waits for are kept as one.
///
/// Invariant: `isRung` is false while somebody waits.
package final class Wakeup: Sendable {
    private struct State {
        var isRung = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Locked(State())

    package init() {}

    package func ring() {
        state.withLock { state in
            guard let waiter = state.waiter.take() else {
                state.isRung = true
                return nil as CheckedContinuation<Void, Never>?
            }
            return waiter
        }?.resume()
    }

    /// For one waiter at a time; a second one sends the first on.
    ///
    /// Returns early when the task is cancelled.
    package func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: CheckedContinuation<Void, Never>) in
                let toResume = state.withLock { state -> CheckedContinuation<Void, Never>? in
                    guard !state.isRung, !Task.isCancelled else {
                        state.isRung = false
                        return waiter
                    }
                    let earlier = state.waiter
                    state.waiter = waiter
                    return earlier
                }
                toResume?.resume()
            }
        } onCancel: {
            state.withLock { $0.waiter.take() }?.resume()
        }
    }

    /// Waits for a ring, or for the time to pass; the shorter wait wins.
    package func wait(atMost duration: Duration, time: any TimeSource) async {
        let isRung = state.withLock { state in
            defer { state.isRung = false }
            return state.isRung
        }
        if isRung { return }
        await withDiscardingTaskGroup { group in
            group.addTask {
                do {
                    try await time.sleep(for: duration)
                    self.ring()
                } catch {
                    // Rung before the time was up.
                }
            }
            await wait()
            group.cancelAll()
        }
    }
}
