package import Primitives

/// Opens once; whoever waits goes on then.
///
/// Invariant: no one waits behind an open latch.
package final class Latch: Sendable {
    private struct State {
        var isOpen = false
        var lastTicket: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Locked(State())

    package init() {}

    package var isOpen: Bool { state.withLock { $0.isOpen } }

    package func open() {
        let waiters = state.withLock { state in
            state.isOpen = true
            defer { state.waiters.removeAll() }
            // In the order they came, so that the same run always goes the same way.
            return state.waiters.sorted { $0.key < $1.key }.map(\.value)
        }
        for waiter in waiters { waiter.resume() }
    }

    package func wait() async throws(CancellationError) {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { register($0, ticket, heedsCancellation: true) }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume()
        }
        if !isOpen { throw CancellationError() }
    }

    /// Waits until it opens or the time has passed, or the task is cancelled.
    package func wait(atMost duration: Duration, time: any TimeSource) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await Self.end { () throws(CancellationError) in try await self.wait() } }
            group.addTask { await Self.end { () throws(CancellationError) in try await time.sleep(for: duration) } }
            await group.next()
            group.cancelAll()
        }
    }

    /// Waits even in a cancelled task: for the last steps of a shutdown, where the other side promises to open it.
    package func waitToTheEnd() async {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        await withCheckedContinuation { register($0, ticket, heedsCancellation: false) }
    }

    /// Cancellation ends a wait as well as anything else; the caller looks at what has become true.
    private static func end(_ wait: () async throws(CancellationError) -> Void) async {
        do { try await wait() } catch { return }
    }

    private func register(
        _ waiter: CheckedContinuation<Void, Never>, _ ticket: UInt64, heedsCancellation: Bool
    ) {
        // Cancellation before this point finds no waiter to resume, so it is asked for here, under the lock.
        let isParked = state.withLock { state in
            guard !state.isOpen, !(heedsCancellation && Task.isCancelled) else { return false }
            state.waiters[ticket] = waiter
            return true
        }
        if !isParked { waiter.resume() }
    }
}
