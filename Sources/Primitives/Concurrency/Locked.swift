import Synchronization

/// A value behind a lock, for state that is touched without suspending.
///
/// Invariant: `body` never suspends and never calls back into code that takes the same lock.
/// `Mutex` is a futex the thread sanitizer does not see; under contention it reports false races. A sanitizer build may
/// switch this one place to a pthread mutex.
package final class Locked<Value>: Sendable {
    private let mutex: Mutex<Value>

    package init(_ value: consuming sending Value) {
        mutex = Mutex(value)
    }

    package func withLock<Result, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try mutex.withLock(body)
    }
}
