import AIOpsAPI
import KubernetesModel
import Primitives
import Problems

/// Deploys the application, waits until it is whole, keeps its baseline, starts its workload.
///
/// Left out once the undo of a fault is recorded: from then on the application is broken on purpose.
struct DeployStage {
    private static let limit = Duration.seconds(600)
    /// Reading takes a moment; a server that starts again in between takes a minute or two.
    private static let baselineLimit = Duration.seconds(150)

    private let context: RunContext
    private let session: ProblemSession

    init(_ context: RunContext, _ session: ProblemSession) {
        self.context = context
        self.session = session
    }

    func run() async throws(RunStop) {
        let status = await context.record.status
        guard !status.conditions.isTrue(.applicationDeployed) else { return }
        let (context, session) = (context, session)
        try await context.stage(
            .deploying, phase: .deploying, .deploying, "deploying \(session.problem.application.name)"
        ) {
            () async throws(RunStop) in
            try await context.within(Self.limit, else: .deploymentFailed, "the application did not become healthy") {
                try await session.deploy()
                try await session.startWorkload()
                try await session.awaitHealthy(within: Self.limit)
                try await session.awaitServing(within: Self.limit)
            }
            let baseline = try await context.within(
                Self.baselineLimit, else: .deploymentFailed, "the baseline could not be taken"
            ) { try await session.captureBaseline() }
            let kept = await context.baseline
            try await kept.save(baseline)
            let generation = context.generation
            try await context.record.update { status, now in
                status.end(.deploying, now: now)
                status.mark(
                    .applicationDeployed, .true, .done, "\(session.problem.application.name) serves its users",
                    generation: generation, now: now)
            }
        }
        await context.report("ApplicationDeployed", "Deploy", "\(session.problem.application.name) serves its users")
    }
}
