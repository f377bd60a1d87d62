internal import Primitives

/// The numbers of one set of label values.
final class MetricSeries: Sendable {
    struct Numbers: Sendable {
        var value: Double = 0
        /// Per bucket, not cumulative; the last one is `+Inf`.
        ///
        /// Empty unless a histogram.
        var counts: [UInt64] = []
    }

    private let numbers: Locked<Numbers>

    init(bucketCount: Int) {
        numbers = Locked(Numbers(counts: Array(repeating: 0, count: bucketCount)))
    }

    var now: Numbers { numbers.withLock { $0 } }

    func update(_ change: (inout Numbers) -> Void) {
        numbers.withLock { change(&$0) }
    }
}
