import Glibc
import Primitives

/// Keeps operators of different tests, also of other test runs, from serving one cluster at a time.
///
/// The system lets go of it when the process that holds it ends, however it ends.
package struct ClusterLock: Sendable {
    /// Waits for its turn; a test's own time limit counts the wait as well, so it is long where clusters are shared.
    package static func with<Value>(_ kubeconfig: String, _ body: () async throws -> Value) async throws -> Value {
        let path = "\(kubeconfig).test-lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw NeverHappened("\(path) cannot be opened: \(errno)") }
        // Closing it is what unlocks.
        defer { close(descriptor) }
        let time = SystemTimeSource()
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 { try await time.sleep(for: .milliseconds(200)) }
        return try await body()
    }
}
