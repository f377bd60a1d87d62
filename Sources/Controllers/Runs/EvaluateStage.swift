import AIOpsAPI
import JSON
import KubernetesModel
import Primitives
import Problems
import Telemetry

/// Grades what the agent has left behind and writes the verdict where everybody sees it.
struct EvaluateStage {
    private static let limit = Duration.seconds(180)
    /// Whoever cancels waits no longer.
    private static let limitOfACancel = Duration.seconds(30)
    /// What the schema allows of one score.
    private static let scoreLimit = 64

    private let context: RunContext
    private let session: ProblemSession

    init(_ context: RunContext, _ session: ProblemSession) {
        self.context = context
        self.session = session
    }

    func run(_ outcome: AgentStage.Outcome) async throws(RunStop) {
        let context = context
        let grade = try await context.stage(.evaluating, phase: .evaluating, .evaluating, "grading the outcome") {
            () async throws(RunStop) in
            let grade = try await graded(outcome)
            // A system that was taken away under the agent looks like one that it broke.
            try await context.confirmEnvironment()
            return grade
        }
        let generation = context.generation
        try await context.record.update { status, now in
            status.end(.evaluating, now: now)
            var result = status.result ?? AIOpsTask.Result()
            result.verdict = AIOpsAPI.Verdict(rawValue: grade.verdict.rawValue)
            result.success = grade.success
            result.reason = grade.reason
            result.message = grade.message.cut(toScalars: 4000)
            result.scores = grade.scores
            for (key, value) in grade.results {
                result.scores[key] = (value.stringValue ?? value.text).cut(toScalars: Self.scoreLimit)
            }
            status.result = result
            status.mark(
                .evaluated, .true, .done, "verdict \(grade.verdict.rawValue): \(grade.message)",
                generation: generation, now: now)
        }
        await context.report("Evaluated", "Grade", "verdict \(grade.verdict.rawValue)")
    }

    /// An agent that used up the whole time is graded all the same; of one that was cancelled at its work nothing is held
    /// up, or failed, by what cannot be looked at.
    private func graded(_ outcome: AgentStage.Outcome) async throws(RunStop) -> Grade {
        let (session, kept) = (session, await context.baseline)
        do throws(RunStop) {
            return try await context.grading(outcome.cut == .cancelled ? Self.limitOfACancel : Self.limit) {
                try await session.grade(
                    submission: outcome.submission, baseline: try await kept.load(), figures: outcome.figures,
                    cut: outcome.cut)
            }
        } catch {
            guard outcome.cut == .cancelled, let obstacle = error.obstacle else { throw error }
            context.services.logger.warning(
                "what a cancelled agent has done could not be looked at",
                ["task": "\(context.record.key)", "error": .string(obstacle)])
            return session.gradeUnseen(figures: outcome.figures, because: obstacle)
        }
    }
}

extension RunStop {
    /// What the cluster did not let be done; nil where the run is not to go on, or where the user has to mend it.
    fileprivate var obstacle: String? {
        switch self {
        case .timedOut(let message): message
        case .failed(let failure): failure.isUserError ? nil : failure.description
        case .abandoned, .interrupted, .cancelled: nil
        }
    }
}

extension RunContext {
    /// Runs the grading, which has time of its own beyond the task's.
    func grading<Value: Sendable>(
        _ limit: Duration, _ body: @escaping @Sendable () async throws -> Value
    ) async throws(RunStop) -> Value {
        var patient = self
        patient.extendDeadline(by: limit)
        return try await patient.within(limit, else: .evaluationFailed, "the outcome could not be graded", body)
    }
}
