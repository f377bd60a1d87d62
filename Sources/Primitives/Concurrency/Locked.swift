package import Synchronization

/// A value behind a lock, for state that is touched without suspending.
///
/// Invariant: `body` never suspends and never calls back into code that takes the same lock.
/// `Mutex` is a futex the thread sanitizer does not see; under contention it reports false races. A sanitizer build may
/// switch this one place to a pthread mutex.
///
/// Inlinable, because it is on every path: without its value's type a caller looks metadata up at each use. Swift 6.3 hands
/// the body to callers of this module only, as it is not public; the others still look it up.
package final class Locked<Value>: Sendable {
    @usableFromInline let mutex: Mutex<Value>

    @inlinable package init(_ value: consuming sending Value) {
        mutex = Mutex(value)
    }

    @inlinable package func withLock<Result, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try mutex.withLock(body)
    }
}
