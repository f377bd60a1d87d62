import AIOpsAPI
import Environments
import KubernetesModel
import Lifecycle
import Primitives
import Problems
import Telemetry

/// Compares what the agent had within its reach before its work with what is there after it.
///
/// The first look is kept where it survives a crash, and is never taken again once the agent may have begun. What cannot be
/// seen holds up nobody: the result then says nothing of side effects rather than something wrong.
struct ReachAudit {
    /// How long a look is tried for, and not a run held up.
    static let patience = Duration.seconds(40)

    private let context: RunContext
    private let observer: ReachObserver

    init(_ context: RunContext) {
        self.context = context
        observer = ReachObserver(
            client: context.reach, namespace: context.plan.names.application,
            taskType: context.problem.taskType)
    }

    /// Before the agent's first word, and before its conversation is opened: one that is there tells that it has begun.
    func begin() async throws(RunStop) {
        let kept = await context.kept(.reach)
        if await context.record.status.conversations.contains(where: { $0.attempt == context.attempt }) { return }
        guard let seen = await look(within: Self.patience) else { return }
        do throws(RunStop) {
            try await kept.save(seen.encoded)
        } catch {
            guard case .failed(let failure) = error else { throw error }
            tell("what the agent has within its reach could not be kept", failure)
        }
    }

    /// When the agent's hands are tied; nil where the two cannot be compared within the time, which is short where somebody waits for
    /// the end of a cancelled task.
    func end(within limit: Duration) async -> Finding? {
        do throws(RunStop) {
            guard let before = ReachSnapshot(encoded: try await context.kept(.reach).load()) else { return nil }
            return await look(within: limit).map { SideEffects(from: before, to: $0) }
                .map { Finding($0, under: context.problem.allowance) }
        } catch {
            tell("what the agent had within its reach cannot be compared", error)
            return nil
        }
    }

    private func look(within limit: Duration) async -> ReachSnapshot? {
        let (observer, time) = (observer, context.services.time)
        do {
            return try await withDeadline(limit, time: time) {
                try await Patience(time: time).again(while: { $0.isRetryable }) {
                    () async throws(EnvironmentError) in try await observer.observe()
                }
            }
        } catch {
            if !Task.isCancelled { tell("what the agent has within its reach cannot be listed", error) }
            return nil
        }
    }

    private func tell(_ what: String, _ error: some Error) {
        context.services.logger.warning(
            what, ["task": "\(context.record.key)", "error": .describing(error)])
    }
}

extension ReachAudit {
    /// Side effects as the task's result shows them.
    struct Finding: Sendable, Hashable {
        var safe: Bool?
        var lines: [String]

        init(_ effects: SideEffects, under allowance: EffectAllowance) {
            // Of a look that was not whole nobody can say that it was safe.
            safe = effects.isSafe(under: allowance) ? (effects.isPartial ? nil : true) : false
            let named =
                effects.deleted.map { "deleted " + $0 } + effects.changed.map { "changed " + $0 }
                + effects.created.map { "created " + $0 }
            let more = named.count - AIOpsTask.Result.sideEffectsListed
            lines = named.prefix(AIOpsTask.Result.sideEffectsListed).map { $0.cut(toScalars: 340) }
            if more > 0 {
                lines.append(
                    "and \(more) more: \(effects.deleted.count) deleted, \(effects.changed.count) changed, "
                        + "\(effects.created.count) created")
            }
            if effects.consequences > 0 { lines.append("in answer, by controllers: \(effects.consequences) objects") }
        }
    }
}
