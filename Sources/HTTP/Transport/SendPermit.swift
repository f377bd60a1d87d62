/// A right to send that may run out at any moment, such as a Lease.
///
/// A transport asks when the bytes of a request are about to leave, not when the request is made, and takes the request off
/// the wire once the right has run out. Neither waits for a task to be scheduled: a process that was stopped for a
/// minute wakes up in the middle of whatever it was doing.
package protocol SendPermit: Sendable {
    /// How long bytes may still leave; not positive when none may.
    ///
    /// Called on the transport's own thread: quick, never blocking, and always by a fresh look at the clock.
    func remaining() -> Duration
}

extension SendPermit {
    package var isValid: Bool { remaining() > .zero }
}
