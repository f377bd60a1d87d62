internal import Primitives
package import Telemetry

/// The queue's numbers, under the names that dashboards for client-go and controller-runtime know.
package struct QueueMetrics: Sendable {
    private let labels: [String]
    private let depth: Gauge
    private let adds: Counter
    private let retries: Counter
    private let queueDuration: Histogram
    private let workDuration: Histogram
    private let unfinished: Gauge
    private let longestRunning: Gauge

    package init(name: String, registry: MetricsRegistry) {
        let declared = ["name", "controller"]
        labels = [name, name]
        depth = registry.gauge(
            "workqueue_depth", "Keys ready to be reconciled.", labels: ["name", "controller", "priority"])
        adds = registry.counter("workqueue_adds_total", "Keys added.", labels: declared)
        retries = registry.counter("workqueue_retries_total", "Keys added again after a failure.", labels: declared)
        queueDuration = registry.histogram(
            "workqueue_queue_duration_seconds", "How long a key stays ready before it is taken.", labels: declared,
            buckets: HistogramBuckets.queueSeconds)
        workDuration = registry.histogram(
            "workqueue_work_duration_seconds", "How long a key is worked on.", labels: declared,
            buckets: HistogramBuckets.queueSeconds)
        unfinished = registry.gauge(
            "workqueue_unfinished_work_seconds", "Time spent so far on keys being worked on.", labels: declared)
        longestRunning = registry.gauge(
            "workqueue_longest_running_processor_seconds", "How long the oldest key being worked on is out.",
            labels: declared)
        adds.initialize(labels)
        retries.initialize(labels)
        queueDuration.initialize(labels)
        workDuration.initialize(labels)
        for priority in [QueuePriority.live, .initial] { depth.set(0, labels + [String(priority.value)]) }
    }

    func recordAdd() { adds.add(labels) }
    func recordRetry() { retries.add(labels) }
    func recordClaim(queuedFor: Duration) { queueDuration.observe(queuedFor, labels) }
    func recordDone(after duration: Duration) { workDuration.observe(duration, labels) }

    /// For the moment before the numbers are read: these are only known by looking.
    func refresh(depth now: [QueuePriority: Int], unfinished work: Duration, oldest: Duration) {
        // A level that has emptied must read 0 and not its last value; the two usual ones are always shown.
        for priority in Set(now.keys).union([.live, .initial]) {
            depth.set(Double(now[priority, default: 0]), labels + [String(priority.value)])
        }
        unfinished.set(work.seconds, labels)
        longestRunning.set(oldest.seconds, labels)
    }
}
