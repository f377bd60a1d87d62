internal import Lifecycle
package import Testing

/// Each test runs, with all its child tasks, on a thread of its own.
///
/// For tests in virtual time. They let the code under test run by yielding, and on the pool a yield is a turn of everything that
/// hundreds of other tests have ready: a minute of the machine's time, and a test whose limit it was failed by chance. Alone on a
/// thread, its tasks take turns with one another only.
package struct OwnThread: SuiteTrait, TestTrait, TestScoping {
    package static let name = "test"

    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        try await TaskThread.run(name: Self.name) { _ in try await function() }
    }
}

extension Trait where Self == OwnThread {
    package static var ownThread: Self { Self() }
}
