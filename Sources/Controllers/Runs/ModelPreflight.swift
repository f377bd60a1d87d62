import AIOpsAPI
import Agent
import Environments
import KubernetesModel
import LanguageModels
import Primitives
import Telemetry

/// Makes sure that somebody answers for the model before an environment is made for it.
///
/// A server that is down for a short while is waited for, within the start deadline where there is one, and the task says
/// so. Nothing is paid: the model is only asked whether it is there.
struct ModelPreflight {
    /// How long a server is waited for when the task names no start deadline.
    static let patience = Duration.seconds(60)
    private static let longestPause = Duration.seconds(8)

    private let context: RunContext

    init(_ context: RunContext) { self.context = context }

    func run() async throws(RunStop) {
        // Whoever goes on with a run meets the model in the agent's work, which has ways to deal with its failures.
        guard await !context.record.status.conditions.isTrue(.environmentReady) else { return }
        try checkSettings()
        try checkPrice()
        let time = context.services.time
        let latest = min(context.startDeadline ?? time.wallNow() + Self.patience, context.deadline)
        var pause = Duration.seconds(1)
        while true {
            let failure: ModelError
            do throws(ModelError) {
                return try await context.model.probe()
            } catch {
                failure = error
            }
            if failure == .cancelled || Task.isCancelled { throw .interrupted }
            let told = AgentStage.failure(of: failure, model: context.model.descriptor)
            guard failure.isRetryable, time.wallNow() + pause < latest else { throw .failed(told) }
            try await say(told.message, until: latest)
            do { try await time.sleep(for: pause) } catch { throw .interrupted }
            pause = min(pause * 2, Self.longestPause)
        }
    }

    /// The first call would be refused for them, after minutes of building.
    private func checkSettings() throws(RunStop) {
        let model = context.effective.model
        let request = ModelRequest(
            messages: [], maxTokens: model.maxTokens ?? AgentStage.usualReply, temperature: model.temperature?.rawValue,
            topP: model.topP?.rawValue, seed: model.seed)
        guard let objection = context.model.objection(to: request) else { return }
        throw .failed(TaskFailure(.user, .invalidSpec, objection))
    }

    /// The agent would refuse the same, after minutes of building.
    private func checkPrice() throws(RunStop) {
        let descriptor = context.model.descriptor
        guard context.prices.price(of: descriptor, at: context.services.time.wallNow()) == nil else { return }
        if context.effective.maxCostNanos != nil {
            throw .failed(TaskFailure(.user, .priceUnknown, "\(AgentError.priceUnknown(model: descriptor.name))"))
        }
        guard let pool = context.pool, context.services.purse.hasBudget(pool) else { return }
        throw .failed(
            TaskFailure(
                .user, .priceUnknown,
                "WorkerPool \(pool.name) has a budget, but the price of \(descriptor.name) is not known: name another model or "
                    + "pool, or have the administrator put its price into the table (docs/using.md, Prices)"))
    }

    /// Writes only what changes: the same trouble again is the same status.
    private func say(_ trouble: String, until latest: Timestamp) async throws(RunStop) {
        let generation = context.generation
        let message = "nothing is made yet: \(trouble); tried again until \(latest.rfc3339)"
        context.services.logger.info(
            "waiting for the model", ["task": "\(context.record.key)", "reason": .string(trouble)])
        try await context.record.update { status, now in
            status.record(.active(.providerUnavailable, message), generation: generation, now: now)
        }
    }
}
