internal import Primitives
package import Telemetry

/// The queue's numbers, under the names that dashboards for client-go and controller-runtime know.
package struct QueueMetrics: Sendable {
    /// What is only known by looking.
    struct Snapshot: Sendable {
        /// Since the last look.
        var added = 0
        var depth: [QueuePriority: Int]
        var unfinished = Duration.zero
        var oldest = Duration.zero
        var overdue = 0
    }

    private let labels: [String]
    private let depth: Gauge
    private let adds: CounterSeries
    private let retries: CounterSeries
    private let queueDuration: HistogramSeries
    private let workDuration: HistogramSeries
    private let unfinished: GaugeSeries
    private let longestRunning: GaugeSeries
    private let overdue: GaugeSeries

    package init(name: String, registry: MetricsRegistry) {
        let declared = ["name", "controller"]
        let own = [name, name]
        labels = own
        depth = registry.gauge(
            "workqueue_depth", "Keys ready to be reconciled.", labels: ["name", "controller", "priority"])
        adds = registry.counter(
            "workqueue_adds_total", "Keys that became ready; not again while they are.", labels: declared
        ).series(own)
        retries = registry.counter(
            "workqueue_retries_total", "Keys added again after a failure.", labels: declared
        ).series(own)
        queueDuration = registry.histogram(
            "workqueue_queue_duration_seconds", "How long a key stays ready before it is taken.", labels: declared,
            buckets: HistogramBuckets.queueSeconds
        ).series(own)
        workDuration = registry.histogram(
            "workqueue_work_duration_seconds", "How long a key is worked on.", labels: declared,
            buckets: HistogramBuckets.queueSeconds
        ).series(own)
        unfinished = registry.gauge(
            "workqueue_unfinished_work_seconds", "Time spent so far on keys being worked on.", labels: declared
        ).series(own)
        longestRunning = registry.gauge(
            "workqueue_longest_running_processor_seconds", "How long the oldest key being worked on is out.",
            labels: declared
        ).series(own)
        overdue = registry.gauge(
            "controller_keys_overdue", "Keys past the deadline of their next look; anything but 0 is a fault.",
            labels: ["controller"]
        ).series([name])
        for priority in [QueuePriority.live, .initial] { depth.set(0, labels + [String(priority.value)]) }
    }

    func recordRetry() { retries.add() }
    func recordClaim(queuedFor: Duration) { queueDuration.observe(queuedFor) }
    func recordDone(after duration: Duration) { workDuration.observe(duration) }

    /// For the moment before the numbers are read.
    func refresh(_ now: Snapshot) {
        adds.add(Double(now.added))
        // A level that has emptied must read 0 and not its last value; the two usual ones are always shown.
        for priority in Set(now.depth.keys).union([.live, .initial]) {
            depth.set(Double(now.depth[priority, default: 0]), labels + [String(priority.value)])
        }
        unfinished.set(now.unfinished.seconds)
        longestRunning.set(now.oldest.seconds)
        overdue.set(Double(now.overdue))
    }
}
