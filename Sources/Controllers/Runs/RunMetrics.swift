package import AIOpsAPI
package import ControllerRuntime
import KubernetesModel
import LanguageModels
import Primitives
package import Telemetry

/// Numbers about runs.
///
/// Labels are bounded: reasons and stages are small vocabularies; never a task's name.
package struct RunMetrics: Sendable {
    private let finished: Counter
    private let stages: Histogram
    private let tokens: Counter
    private let circuits: Gauge

    package init(registry: MetricsRegistry) {
        finished = registry.counter(
            "aiops_tasks_finished_total", "Tasks that ended.", labels: ["phase", "verdict", "reason"])
        stages = registry.histogram(
            "aiops_stage_duration_seconds", "Time a stage of a task took.", labels: ["stage"],
            buckets: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800])
        tokens = registry.counter("aiops_tokens_total", "Tokens of model calls.", labels: ["provider", "type"])
        circuits = registry.gauge(
            "orchestrator_circuit_breaker_state",
            "Worst circuit among the model endpoints of a pool: 0 closed, 1 half-open, 2 open.",
            labels: ["namespace", "pool"])
        for stage in StageName.allCases where stage != .queued { stages.initialize([stage.rawValue]) }
        for provider in ModelProvider.known where provider != .auto {
            for type in ["input", "output"] { tokens.initialize([provider.rawValue, type]) }
        }
    }

    /// Counts the task if it has just ended.
    ///
    /// By what the cache shows, since ends are written in several places: by the run, by whoever refuses or cancels a task
    /// before it has one, and by a write whose answer was lost. What had ended before this process looked was for whoever
    /// led then to count; an end that it wrote and died before its own watch showed it is counted by nobody.
    package func saw(_ change: StoreChange<AIOpsTask>) {
        guard let old = change.old, let new = change.new, old.metadata.uid == new.metadata.uid,
            !old.status.isFinished, new.status.isFinished
        else { return }
        finished.add([
            new.status.phase?.rawValue ?? "", new.status.result?.verdict?.rawValue ?? "",
            new.status.conditions.get(.succeeded)?.reason ?? "",
        ])
    }

    func circuit(of pool: ObjectKey, is state: CircuitState) {
        circuits.set(Double(state.level), [pool.namespace, pool.name])
    }

    func stage(_ name: String, took duration: Duration) { stages.observe(duration, [name]) }

    func used(provider: String, _ usage: TokenUsage) {
        tokens.add(Double(usage.inputTokens), [provider, "input"])
        tokens.add(Double(usage.outputTokens), [provider, "output"])
    }
}
