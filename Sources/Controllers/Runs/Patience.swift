import Primitives

/// Repeats what failed only because the server was not there for a moment: up to seven times in half a minute, about as
/// long as an API server takes to start again.
struct Patience: Sendable {
    let time: any TimeSource

    /// Gives up with the last error.
    ///
    /// What is repeated must bear that it was done already.
    func again<Value, Failure: Error>(
        while mayPass: (Failure) -> Bool, _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        var failures = 0
        while true {
            let failure: Failure
            do throws(Failure) {
                return try await body()
            } catch {
                failure = error
            }
            guard mayPass(failure), failures < Self.repeats else { throw failure }
            do { try await time.sleep(for: Self.wait(failures)) } catch { throw failure }
            failures += 1
        }
    }

    static let repeats = 7

    static func wait(_ failures: Int) -> Duration { .milliseconds(500 << min(failures, 4)) }
}
