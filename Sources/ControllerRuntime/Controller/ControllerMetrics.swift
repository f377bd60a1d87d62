package import Telemetry

/// A controller's numbers, under the names of controller-runtime.
package struct ControllerMetrics: Sendable {
    private let success: CounterSeries
    private let error: CounterSeries
    private let requeueAfter: CounterSeries
    private let errors: CounterSeries
    private let terminalErrors: CounterSeries
    private let timeouts: CounterSeries
    private let seconds: HistogramSeries
    private let active: GaugeSeries
    private let staleSkips: CounterSeries
    private let braked: CounterSeries
    private let reasons: Counter
    private let name: String

    /// Every series starts at 0, so that rates are right from the first error.
    package init(name: String, concurrency: Int, registry: MetricsRegistry) {
        self.name = name
        let labels = ["controller"]
        let own = [name]
        let total = registry.counter(
            "controller_runtime_reconcile_total", "Reconciles by result.", labels: ["controller", "result"])
        success = total.series([name, "success"])
        error = total.series([name, "error"])
        requeueAfter = total.series([name, "requeue_after"])
        // Only ever 0 here: "again, at once" is no result of ours. Dashboards add the four up.
        _ = total.series([name, "requeue"])
        errors = registry.counter(
            "controller_runtime_reconcile_errors_total", "Failed reconciles.", labels: labels
        ).series(own)
        terminalErrors = registry.counter(
            "controller_runtime_terminal_reconcile_errors_total", "Failures that are not tried again.", labels: labels
        ).series(own)
        _ = registry.counter(
            "controller_runtime_reconcile_panics_total",
            "Always 0: a trap ends the process here; kept because dashboards ask for it.", labels: labels
        ).series(own)
        timeouts = registry.counter(
            "controller_runtime_reconcile_timeouts_total", "Reconciles that ran out of time.", labels: labels
        ).series(own)
        seconds = registry.histogram(
            "controller_runtime_reconcile_time_seconds", "Time of one reconcile with its writes.", labels: labels,
            buckets: HistogramBuckets.reconcileSeconds
        ).series(own)
        registry.gauge(
            "controller_runtime_max_concurrent_reconciles", "Bound on reconciles at the same time.", labels: labels
        ).series(own).set(Double(concurrency))
        active = registry.gauge(
            "controller_runtime_active_workers", "Reconciles under way.", labels: labels
        ).series(own)
        staleSkips = registry.counter(
            "controller_stale_sync_skips_total",
            "Times a reconcile was put off because the cache had not shown our own last write.", labels: labels
        ).series(own)
        braked = registry.counter(
            "controller_write_brake_total", "Times a reconcile was put off because its key writes at every look.",
            labels: labels
        ).series(own)
        reasons = registry.counter(
            "controller_reconcile_reasons_total", "What woke reconciles, by where the reason came from.",
            labels: ["controller", "source"])
        for source in ["timer", "retry"] { mayBeWoken(by: source) }
    }

    /// The numbers of a source begin at 0.
    func mayBeWoken(by source: String) { reasons.initialize([name, source]) }

    /// A source is a kind or a word of the runtime's, never the name of an object.
    func began(for woken: ReasonSet) {
        active.add(1)
        for source in Set(woken.reasons.map(\.source)) { reasons.add([name, source]) }
    }

    func ended(_ result: ReconcileResult, timedOut: Bool, after duration: Duration) {
        active.add(-1)
        seconds.observe(duration)
        if timedOut { timeouts.add() }
        switch result {
        case .done: success.add()
        case .requeue: requeueAfter.add()
        case .retry:
            error.add()
            errors.add()
        case .terminal:
            error.add()
            errors.add()
            terminalErrors.add()
        }
    }

    func skippedAsStale() { staleSkips.add() }
    func heldByBrake() { braked.add() }
}
