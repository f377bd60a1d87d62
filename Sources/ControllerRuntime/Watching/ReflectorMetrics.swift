package import Telemetry

/// What can be known of one cache from outside: how big, how far, how troubled.
package struct ReflectorMetrics: Sendable {
    private let lists: CounterSeries
    private let failures: CounterSeries
    private let objects: GaugeSeries
    private let bytes: GaugeSeries
    private let version: GaugeSeries
    private let queued: GaugeSeries
    private let processing: HistogramSeries

    package init(resource: String, registry: MetricsRegistry) {
        let labels = ["resource"]
        let own = [resource]
        lists = registry.counter("reflector_lists_total", "Whole lists, the first included.", labels: labels).series(
            own)
        failures = registry.counter("reflector_failures_total", "Lists and watches that failed.", labels: labels)
            .series(own)
        objects = registry.gauge("informer_store_objects", "Objects in the cache.", labels: labels).series(own)
        bytes = registry.gauge("informer_store_bytes", "Estimate of the memory that the cache takes.", labels: labels)
            .series(own)
        version = registry.gauge(
            "informer_store_resource_version", "The version that the cache has reached.", labels: labels
        ).series(own)
        queued = registry.gauge(
            "informer_queued_items", "Notices of a list that handlers have still to hear.", labels: labels
        ).series(own)
        processing = registry.histogram(
            "informer_processing_latency_seconds", "How long handlers took to hear of a whole list.", labels: labels,
            buckets: HistogramBuckets.queueSeconds
        ).series(own)
    }

    func recordList(took duration: Duration) {
        lists.add()
        processing.observe(duration)
    }
    func recordFailure() { failures.add() }
    func recordQueued(_ count: Int) { queued.set(Double(count)) }

    /// Versions may outgrow what a gauge holds exactly; enough of it is left to see whether it moves.
    func refresh(objects count: Int, bytes size: Int, version text: String) {
        objects.set(Double(count))
        bytes.set(Double(size))
        version.set(Double(text) ?? 0)
    }
}
