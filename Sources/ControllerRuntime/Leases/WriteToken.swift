internal import HTTP
package import Primitives

/// The right of this process to change anything, for as long as its Lease surely holds.
///
/// Every write carries it down to the transport, which asks at the moment the bytes leave. What it answers is computed from
/// the clock that runs on through suspend, at that moment: no timer has to have fired and no task to have run, so a process
/// that was stopped for twenty seconds finds itself without the right in its first instruction.
package final class WriteToken: SendPermit {
    private let end = Locked<Duration?>(nil)
    private let time: any TimeSource

    package init(time: any TimeSource = SystemTimeSource()) { self.time = time }

    /// Good until then; what is already past stays without effect.
    package func extend(until newEnd: Duration) { end.withLock { $0 = newEnd } }

    package func revoke() { end.withLock { $0 = nil } }

    /// How long ago the right ran out without having been taken away; nil while it holds, and when there is none.
    package var overrun: Duration? {
        guard let end = end.withLock({ $0 }) else { return nil }
        let now = time.monotonicNow()
        return now > end ? now - end : nil
    }

    package func remaining() -> Duration {
        // The time is read last: the answer must not be older than what it is compared with.
        guard let end = end.withLock({ $0 }) else { return .zero }
        return end - time.monotonicNow()
    }
}
