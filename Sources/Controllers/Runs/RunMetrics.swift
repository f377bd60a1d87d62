import Primitives
package import Telemetry

/// Numbers about runs.
///
/// Labels are bounded: reasons and stages are small vocabularies; never a task's name.
package struct RunMetrics: Sendable {
    private let finished: Counter
    private let stages: Histogram
    private let tokens: Counter

    package init(registry: MetricsRegistry) {
        finished = registry.counter(
            "aiops_tasks_finished_total", "Runs of tasks that ended.", labels: ["phase", "verdict", "reason"])
        stages = registry.histogram(
            "aiops_stage_duration_seconds", "Time a stage of a task took.", labels: ["stage"],
            buckets: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800])
        tokens = registry.counter("aiops_tokens_total", "Tokens of model calls.", labels: ["provider", "type"])
    }

    func ended(phase: String, verdict: String, reason: String) { finished.add([phase, verdict, reason]) }

    func stage(_ name: String, took duration: Duration) { stages.observe(duration, [name]) }

    func used(provider: String, input: Int64, output: Int64) {
        tokens.add(Double(input), [provider, "input"])
        tokens.add(Double(output), [provider, "output"])
    }
}
