internal import Primitives

/// The instruments of a process and their exposition as Prometheus text, format 0.0.4.
///
/// Invariants: one family per name; asking again for a name gives the same family, whose help, labels and buckets are
/// those of the first request. A family holds at most `seriesLimit` label sets; values for further ones are counted in
/// `telemetry_dropped_series_total` and otherwise ignored, so that hostile label values cannot fill memory.
package final class MetricsRegistry: Sendable {
    package static let defaultSeriesLimit = 1_000

    private struct Collector {
        var isWanted: @Sendable () -> Bool
        var collect: @Sendable () -> Void
    }

    private struct State {
        var families: [String: MetricFamily] = [:]
        var collectors: [Collector] = []
    }

    private let state = Locked(State())
    private let seriesLimit: Int
    private let dropped = MetricFamily(
        name: "telemetry_dropped_series_total", help: "Values ignored because their metric has too many label sets.",
        kind: .counter, labels: ["metric"], buckets: [], seriesLimit: .max, onDrop: { _ in })

    package init(seriesLimit: Int = MetricsRegistry.defaultSeriesLimit) {
        self.seriesLimit = seriesLimit
        state.withLock { $0.families[dropped.name] = dropped }
    }

    package func counter(_ name: String, _ help: String, labels: [String] = []) -> Counter {
        Counter(family: family(name, help, .counter, labels))
    }

    package func gauge(_ name: String, _ help: String, labels: [String] = []) -> Gauge {
        Gauge(family: family(name, help, .gauge, labels))
    }

    /// The buckets are upper bounds in ascending order; `+Inf` is added.
    package func histogram(
        _ name: String, _ help: String, labels: [String] = [], buckets: [Double] = HistogramBuckets.seconds
    ) -> Histogram {
        Histogram(family: family(name, help, .histogram, labels, buckets))
    }

    /// Calls `collect` before every exposition, to refresh what is only known by looking; as long as the owner lives, which
    /// `collect` must not keep alive, or for good without one.
    package func onExposition(
        for owner: (any AnyObject & Sendable)? = nil, _ collect: @escaping @Sendable () -> Void
    ) {
        let isForGood = owner == nil
        let collector = Collector(isWanted: { [weak owner] in isForGood || owner != nil }, collect: collect)
        state.withLock { state in
            state.collectors.removeAll { !$0.isWanted() }
            state.collectors.append(collector)
        }
    }

    /// How many are called before an exposition, those included that have gone since the last one came.
    package var collectorCount: Int { state.withLock { $0.collectors.count } }

    /// All families by name, series in order of their label values.
    package func prometheusText() -> String {
        for collector in state.withLock({ $0.collectors }) { collector.collect() }
        var text = ""
        for family in families.sorted(by: { $0.name < $1.name }) { family.write(to: &text) }
        return text
    }

    var families: [MetricFamily] { state.withLock { Array($0.families.values) } }

    private func family(
        _ name: String, _ help: String, _ kind: MetricFamily.Kind, _ labels: [String], _ buckets: [Double] = []
    ) -> MetricFamily {
        precondition(MetricFamily.isValid(metricName: name), "not a metric name: \(name)")
        precondition(labels.allSatisfy(MetricFamily.isValid(labelName:)), "not label names: \(labels)")
        return state.withLock { state in
            if let known = state.families[name] {
                precondition(known.kind == kind && known.labels == labels, "\(name) exists with another shape")
                return known
            }
            let family = MetricFamily(
                name: name, help: help, kind: kind, labels: labels, buckets: buckets, seriesLimit: seriesLimit,
                onDrop: { [dropped] in dropped.update([$0]) { $0.value += 1 } })
            state.families[name] = family
            return family
        }
    }
}
