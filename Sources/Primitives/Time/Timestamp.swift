/// A point in wall-clock time, to the microsecond, as Kubernetes' `Time` and `MicroTime` need it.
package struct Timestamp: Sendable, Hashable, Comparable {
    /// Since 1970-01-01T00:00:00Z.
    package let microseconds: Int64

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Saturates for seconds no microsecond count can hold.
    package init(seconds: Int64) {
        let (product, overflowed) = seconds.multipliedReportingOverflow(by: 1_000_000)
        microseconds = overflowed ? (seconds < 0 ? .min : .max) : product
    }

    /// Rounded down.
    package var wholeSeconds: Int64 {
        let quotient = microseconds / 1_000_000
        return microseconds % 1_000_000 < 0 ? quotient - 1 : quotient
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    /// Saturates at the ends of the range.
    package static func + (left: Timestamp, right: Duration) -> Timestamp {
        let (sum, overflowed) = left.microseconds.addingReportingOverflow(right.microseconds)
        return Timestamp(microseconds: overflowed ? (right < .zero ? .min : .max) : sum)
    }

    /// Saturates at the ends of the range.
    package static func - (left: Timestamp, right: Duration) -> Timestamp {
        let (difference, overflowed) = left.microseconds.subtractingReportingOverflow(right.microseconds)
        return Timestamp(microseconds: overflowed ? (right < .zero ? .max : .min) : difference)
    }

    /// The time from `right` to `left`; saturates at the ends of the range.
    package static func - (left: Timestamp, right: Timestamp) -> Duration {
        let (difference, overflowed) = left.microseconds.subtractingReportingOverflow(right.microseconds)
        return .microseconds(overflowed ? (left < right ? Int64.min : .max) : difference)
    }
}
