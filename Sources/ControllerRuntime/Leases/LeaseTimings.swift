internal import Primitives

/// How long a Lease holds and how hard its holder tries to keep it; the defaults are everyone's.
///
/// The holder counts from the moment it sent its last successful renewal, the others from the moment they saw it, which is
/// later. So two clocks may differ by anything and even run at different rates, up to `duration` : `renewDeadline`.
package struct LeaseTimings: Sendable, Hashable {
    /// For which others leave the Lease alone after a renewal they saw; whole seconds.
    package var duration: Duration
    /// After which the holder stops all writes if no renewal succeeded.
    package var renewDeadline: Duration
    /// Between renewals, and between looks of those who cannot watch.
    package var retryPeriod: Duration
    /// Most that is added to a wait of those who want the Lease, as a multiple of `retryPeriod`.
    package var jitter: Double

    /// What is wrong with a set of times, in words for whoever chose them.
    package struct Unsound: Error, Sendable, Hashable, CustomStringConvertible {
        package let description: String
        package var isRetryable: Bool { false }
        package var isUserError: Bool { true }
    }

    package static let standard = LeaseTimings(uncheckedDuration: .seconds(15), .seconds(10), .seconds(2))

    package init(duration: Duration, renewDeadline: Duration, retryPeriod: Duration) throws(Unsound) {
        self.init(uncheckedDuration: duration, renewDeadline, retryPeriod)
        guard duration >= .seconds(1), duration == .seconds(duration.wholeSeconds) else {
            throw Unsound(description: "the lease duration is in whole seconds, at least 1; it is \(duration)")
        }
        guard retryPeriod > .zero, retryPeriod * jitter < renewDeadline else {
            throw Unsound(
                description: "the renew deadline (\(renewDeadline)) must be longer than \(jitter) retry periods "
                    + "(\(retryPeriod) each)")
        }
        guard renewDeadline < duration else {
            throw Unsound(
                description: "the lease duration (\(duration)) must be longer than the renew deadline "
                    + "(\(renewDeadline)): what lies between them is the time in which nobody writes")
        }
    }

    private init(uncheckedDuration duration: Duration, _ renewDeadline: Duration, _ retryPeriod: Duration) {
        self.duration = duration
        self.renewDeadline = renewDeadline
        self.retryPeriod = retryPeriod
        jitter = 1.2
    }

    /// For one request about the Lease: a second one must fit into the renew deadline.
    var requestTimeout: Duration { renewDeadline / 2 }
}
