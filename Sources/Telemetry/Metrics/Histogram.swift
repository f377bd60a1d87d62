internal import Primitives

/// A distribution over fixed buckets.
///
/// Label values come in the order the labels were declared.
package struct Histogram: Sendable {
    let family: MetricFamily

    package func observe(_ value: Double, _ labels: [String] = []) {
        guard !value.isNaN else { return }
        let index = HistogramBuckets.index(of: value, in: family.buckets)
        family.update(labels) { series in
            series.counts[index] += 1
            series.value += value
        }
    }

    /// In seconds, as Prometheus wants it.
    package func observe(_ duration: Duration, _ labels: [String] = []) {
        observe(duration.seconds, labels)
    }

    /// Makes the series exist with no observation.
    package func initialize(_ labels: [String]) {
        family.update(labels) { _ in }
    }

    package func count(_ labels: [String] = []) -> UInt64 {
        family.read(labels)?.counts.reduce(0, +) ?? 0
    }
}
