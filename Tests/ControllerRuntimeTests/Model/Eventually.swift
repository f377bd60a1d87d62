import Testing

/// Lets other tasks run until the condition holds.
///
/// Bounded by the machine's clock, so that a bug shows as a failure and not as a test that never ends; a test whose own time is
/// over has said so, and waits no more.
func eventually(
    _ comment: Comment, sourceLocation: SourceLocation = #_sourceLocation, _ condition: @Sendable () -> Bool
) async {
    let clock = ContinuousClock()
    let limit = clock.now + .seconds(20)
    while !condition(), !Task.isCancelled {
        guard clock.now < limit else {
            Issue.record(comment, sourceLocation: sourceLocation)
            return
        }
        await Task.yield()
    }
}

/// Runs `services` around `body` and cancels them after it.
func running<Result: Sendable>(
    _ services: [@Sendable () async throws -> Void], _ body: () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for service in services {
            group.addTask {
                do { try await service() } catch is CancellationError {}
            }
        }
        let result = try await body()
        group.cancelAll()
        return result
    }
}
