import AIOpsAPI
import Environments
import KubernetesClient
import KubernetesModel
import Primitives

/// Makes the two namespaces, in a Kind cluster of their own where one is asked for, and waits for the sandbox; the
/// inventory is in status before the first of it is made (I1).
struct EnvironmentStage {
    private static let limit = Duration.seconds(300)
    /// A cluster waits for its turn besides.
    private static let kindLimit = Duration.seconds(1200)

    private let context: RunContext

    init(_ context: RunContext) { self.context = context }

    /// - Returns: the run with its hands where the environment is.
    func run() async throws(RunStop) -> RunContext {
        let status = await context.record.status
        guard !status.conditions.isTrue(.environmentReady) else {
            guard let reached = try await context.reached() else {
                throw .failed(
                    TaskFailure(
                        .infrastructure, .environmentLost,
                        TaskRun.lossMessage("the kubeconfig of its cluster was deleted")))
            }
            // An agent whose time is over needs no hands any more, and is graded all the same.
            if reached.remaining > .zero { try await EnvironmentStage(reached).refresh() }
            return reached
        }
        return try await make()
    }

    private func make() async throws(RunStop) -> RunContext {
        let context = context
        let plan = context.plan
        let inventory = (context.kind?.inventory ?? []) + plan.inventory
        let type: EnvironmentType = context.kind == nil ? .namespace : .kind
        var moved = context
        try await context.stage(.provisioning, phase: .provisioning, .provisioning, "preparing the environment") {
            () async throws(RunStop) in
            try await context.record.update { status, _ in
                var environment = status.environment ?? AIOpsTask.EnvironmentState()
                environment.type = type
                environment.name = plan.names.application
                environment.sandbox = plan.names.sandbox
                if environment.inventory.isEmpty {
                    environment.inventory = inventory.map(AIOpsTask.InventoryEntry.init)
                }
                status.environment = environment
            }
            if let kind = context.kind {
                let reach = try await KindStage(context, kind).run(within: startLimit(of: Self.kindLimit))
                moved = try await context.moved(to: reach, kind)
            }
            try await EnvironmentStage(moved).prepare()
            try await context.confirmEnvironment()
            let uids = context.vigil.uids
            let generation = context.generation
            try await context.record.update { status, now in
                status.end(.provisioning, now: now)
                status.environment?.record(namespaceUIDs: uids)
                status.mark(
                    .environmentReady, .true, .done, "namespace \(plan.names.application) and its sandbox are ready",
                    generation: generation, now: now)
            }
        }
        await context.report("EnvironmentReady", "Provision", "namespace \(plan.names.application) is ready")
        return moved
    }

    /// What a step may take that must be over before the environment has to be there.
    private func startLimit(of limit: Duration) -> Duration {
        guard let startDeadline = context.startDeadline else { return limit }
        return max(.seconds(1), min(limit, startDeadline - context.services.time.wallNow()))
    }

    /// Makes what is missing, within the time there is to start.
    private func prepare() async throws(RunStop) {
        let time = context.services.time
        guard let startDeadline = context.startDeadline, startDeadline - time.wallNow() < Self.limit else {
            return try await prepare(within: Self.limit, "could not make the environment")
        }
        let left = startDeadline - time.wallNow()
        guard left > .zero else { throw late() }
        do throws(RunStop) {
            try await prepare(within: left, "the environment was not ready")
        } catch {
            // What failed earlier did not fail for want of time.
            guard case .failed(let failure) = error, startDeadline - time.wallNow() <= Self.lead(of: left) * 2 else {
                throw error
            }
            throw late(failure.cause)
        }
    }

    private func late(_ cause: (any Error)? = nil) -> RunStop {
        let limit = context.effective.startDeadlineSeconds ?? 0
        return .failed(
            TaskFailure(
                .infrastructure, .startDeadlineExceeded,
                "the environment was not ready within spec.limits.startDeadlineSeconds (\(limit) s)", cause: cause))
    }

    private func prepare(
        within limit: Duration, _ what: String, isMissed: Bool = false
    ) async throws(RunStop) {
        let time = context.services.time
        let environment = NamespaceEnvironment(plan: context.plan, client: context.reach, time: time)
        let end = time.monotonicNow() + limit - Self.lead(of: limit)
        try await context.within(limit, else: .provisioningFailed, what) {
            let cause = try await environment.replaceSandbox(isMissed: isMissed)
            try await environment.prepare()
            try await environment.awaitReady(within: end - time.monotonicNow())
            guard isMissed, cause == nil, let broken = try await brokenness() else { return }
            try await environment.replaceSandbox(isMissed: true, broken: broken)
            try await environment.awaitReady(within: end - time.monotonicNow())
        }
    }

    /// Why the sandbox takes no commands although its pod is well; nil where it does.
    ///
    /// What still ran in it has ended then.
    private func brokenness() async throws(EnvironmentError) -> String? {
        do throws(EnvironmentError) {
            try await context.shell.clear()
            return nil
        } catch {
            guard case .sandboxBroken = error else { throw error }
            return "it took no commands any more"
        }
    }

    /// The wait for the sandbox ends so much before the time is over, since it alone can say what was missing.
    private static func lead(of limit: Duration) -> Duration { min(.seconds(1), limit / 10) }

    /// After a crash, or when the sandbox does not answer: it may have gone with its node, or been evicted.
    ///
    /// A namespace that is gone is not made anew, since the application in it is gone as well.
    func refresh() async throws(RunStop) {
        try await context.confirmEnvironment()
        try await prepare(within: Self.limit, "could not reach the environment again", isMissed: true)
    }
}

extension RunContext {
    /// Ends the run when its namespaces are no longer the ones it works in.
    func confirmEnvironment() async throws(RunStop) {
        let vigil = vigil
        let loss: String?
        do {
            loss = try await Patience(time: services.time).again(while: { $0.isRetryable }) {
                () async throws(KubernetesError) in try await vigil.look()
            }
        } catch {
            throw RunStop(error, .internalError, "the environment could not be looked at")
        }
        if let loss { throw .failed(TaskFailure(.infrastructure, .environmentLost, TaskRun.lossMessage(loss))) }
    }
}

extension AIOpsTask.InventoryEntry {
    init(_ item: InventoryItem) {
        self.init()
        apiVersion = item.apiVersion
        kind = item.kind
        namespace = item.namespace.isEmpty ? nil : item.namespace
        name = item.name
    }
}

extension AIOpsTask.EnvironmentState {
    /// The uids of the namespaces that are recorded, by name.
    var namespaceUIDs: [String: String] {
        var uids: [String: String] = [:]
        for entry in inventory where entry.kind == "Namespace" { uids[entry.name] = entry.uid }
        return uids
    }

    mutating func record(namespaceUIDs uids: [String: String]) {
        for index in inventory.indices where inventory[index].kind == "Namespace" {
            inventory[index].uid = uids[inventory[index].name]
        }
    }
}
