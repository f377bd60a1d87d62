package import Primitives

/// The body did not end within its time; it has been cancelled and has ended since.
package struct DeadlineExceeded: Error, Sendable, Hashable {
    package let after: Duration

    package init(after: Duration) {
        self.after = after
    }
}

/// Runs `body` and cancels it when the time is over.
///
/// Returns only when `body` has ended: one that ignores cancellation holds the caller.
package func withDeadline<Value: Sendable>(
    _ duration: Duration, time: any TimeSource, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await time.sleep(for: duration)
            return nil
        }
        defer { group.cancelAll() }
        var isOver = false
        do {
            while let value = try await group.next() {
                // What a cancelled body returns may be half done.
                if let value, !isOver { return value }
                isOver = true
                group.cancelAll()
            }
        } catch {
            if isOver { throw DeadlineExceeded(after: duration) }
            throw error
        }
        throw DeadlineExceeded(after: duration)
    }
}
