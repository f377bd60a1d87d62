internal import Primitives

/// A counter of which the label values are settled: adding to it looks nothing up.
///
/// It exists from the moment it is made, with 0.
package struct CounterSeries: Sendable {
    let series: MetricSeries?

    /// Negative amounts are ignored.
    package func add(_ amount: Double = 1) {
        guard amount >= 0 else { return }
        series?.update { $0.value += amount }
    }
}

/// A gauge of which the label values are settled.
package struct GaugeSeries: Sendable {
    let series: MetricSeries?

    package func set(_ value: Double) { series?.update { $0.value = value } }
    package func add(_ amount: Double) { series?.update { $0.value += amount } }
}

/// A histogram of which the label values are settled.
package struct HistogramSeries: Sendable {
    let series: MetricSeries?
    let buckets: [Double]

    package func observe(_ value: Double) {
        guard !value.isNaN, let series else { return }
        let index = HistogramBuckets.index(of: value, in: buckets)
        series.update { numbers in
            numbers.counts[index] += 1
            numbers.value += value
        }
    }

    /// In seconds, as Prometheus wants it.
    package func observe(_ duration: Duration) { observe(duration.seconds) }
}

extension Counter {
    /// The series of these values; beyond the family's limit one that goes nowhere, which is counted as dropped.
    package func series(_ labels: [String]) -> CounterSeries { CounterSeries(series: family.series(labels)) }
}

extension Gauge {
    /// The series of these values; it must not be removed while it is used.
    package func series(_ labels: [String]) -> GaugeSeries { GaugeSeries(series: family.series(labels)) }
}

extension Histogram {
    /// The series of these values.
    package func series(_ labels: [String]) -> HistogramSeries {
        HistogramSeries(series: family.series(labels), buckets: family.buckets)
    }
}
