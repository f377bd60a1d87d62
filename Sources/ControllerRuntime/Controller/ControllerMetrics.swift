package import Telemetry

/// A controller's numbers, under the names of controller-runtime.
package struct ControllerMetrics: Sendable {
    enum Result: String, CaseIterable {
        case success, error, requeue
        case requeueAfter = "requeue_after"
    }

    private let name: String
    private let total: Counter
    private let errors: Counter
    private let terminalErrors: Counter
    private let panics: Counter
    private let timeouts: Counter
    private let seconds: Histogram
    private let maxConcurrent: Gauge
    private let active: Gauge
    private let staleSkips: Counter

    /// Every series starts at 0, so that rates are right from the first error.
    package init(name: String, concurrency: Int, registry: MetricsRegistry) {
        let labels = ["controller"]
        self.name = name
        total = registry.counter(
            "controller_runtime_reconcile_total", "Reconciles by result.", labels: ["controller", "result"])
        errors = registry.counter("controller_runtime_reconcile_errors_total", "Failed reconciles.", labels: labels)
        terminalErrors = registry.counter(
            "controller_runtime_terminal_reconcile_errors_total", "Failures that are not tried again.", labels: labels)
        panics = registry.counter(
            "controller_runtime_reconcile_panics_total",
            "Always 0: a trap ends the process here; kept because dashboards ask for it.", labels: labels)
        timeouts = registry.counter(
            "controller_runtime_reconcile_timeouts_total", "Reconciles that ran out of time.", labels: labels)
        seconds = registry.histogram(
            "controller_runtime_reconcile_time_seconds", "Time of one reconcile with its writes.", labels: labels,
            buckets: HistogramBuckets.reconcileSeconds)
        maxConcurrent = registry.gauge(
            "controller_runtime_max_concurrent_reconciles", "Bound on reconciles at the same time.", labels: labels)
        active = registry.gauge(
            "controller_runtime_active_workers", "Reconciles under way.", labels: labels)
        staleSkips = registry.counter(
            "controller_stale_sync_skips_total",
            "Times a reconcile was put off because the cache had not shown our own last write.", labels: labels)
        for result in Result.allCases { total.initialize([name, result.rawValue]) }
        for counter in [errors, terminalErrors, panics, timeouts, staleSkips] { counter.initialize([name]) }
        seconds.initialize([name])
        maxConcurrent.set(Double(concurrency), [name])
        active.set(0, [name])
    }

    func began() { active.add(1, [name]) }

    func ended(_ result: ReconcileResult, timedOut: Bool, after duration: Duration) {
        active.add(-1, [name])
        seconds.observe(duration, [name])
        if timedOut { timeouts.add([name]) }
        switch result {
        case .done: count(.success)
        case .requeue: count(.requeueAfter)
        case .retry:
            count(.error)
            errors.add([name])
        case .terminal:
            count(.error)
            errors.add([name])
            terminalErrors.add([name])
        }
    }

    func skippedAsStale() { staleSkips.add([name]) }

    private func count(_ result: Result) { total.add([name, result.rawValue]) }
}
