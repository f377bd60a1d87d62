package import Telemetry

/// What can be known of one cache from outside: how big, how far, how troubled.
package struct ReflectorMetrics: Sendable {
    private let resource: String
    private let lists: Counter
    private let failures: Counter
    private let objects: Gauge
    private let version: Gauge

    package init(resource: String, registry: MetricsRegistry) {
        let labels = ["resource"]
        self.resource = resource
        lists = registry.counter("reflector_lists_total", "Whole lists, the first included.", labels: labels)
        failures = registry.counter("reflector_failures_total", "Lists and watches that failed.", labels: labels)
        objects = registry.gauge("informer_store_objects", "Objects in the cache.", labels: labels)
        version = registry.gauge(
            "informer_store_resource_version", "The version that the cache has reached.", labels: labels)
        lists.initialize([resource])
        failures.initialize([resource])
    }

    func recordList() { lists.add([resource]) }
    func recordFailure() { failures.add([resource]) }

    /// Versions may outgrow what a gauge holds exactly; enough of it is left to see whether it moves.
    func refresh(objects count: Int, version text: String) {
        objects.set(Double(count), [resource])
        version.set(Double(text) ?? 0, [resource])
    }
}
