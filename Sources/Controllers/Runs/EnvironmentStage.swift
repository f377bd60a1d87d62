import AIOpsAPI
import Environments
import KubernetesModel
import Primitives

/// Makes the two namespaces and waits for the sandbox; the inventory is in status before the first object is made (I1).
struct EnvironmentStage {
    private static let limit = Duration.seconds(300)

    private let context: RunContext

    init(_ context: RunContext) { self.context = context }

    func run() async throws(RunStop) {
        let context = context
        let plan = context.plan
        let status = await context.record.status
        guard !status.conditions.isTrue(.environmentReady) else { return try await refresh() }
        try await context.stage(.provisioning, phase: .provisioning, .provisioning, "preparing the environment") {
            () async throws(RunStop) in
            try await context.record.update { status, _ in
                var environment = status.environment ?? AIOpsTask.EnvironmentState()
                environment.type = .namespace
                environment.name = plan.names.application
                environment.sandbox = plan.names.sandbox
                environment.inventory = plan.inventory.map(AIOpsTask.InventoryEntry.init)
                status.environment = environment
            }
            let environment = NamespaceEnvironment(
                plan: plan, client: context.services.client, time: context.services.time)
            try await context.within(Self.limit, else: .provisioningFailed, "could not make the environment") {
                try await environment.prepare()
                try await environment.awaitReady(within: Self.limit)
            }
            let generation = context.generation
            try await context.record.update { status, now in
                status.end(.provisioning, now: now)
                status.mark(
                    .environmentReady, .true, .done, "namespace \(plan.names.application) and its sandbox are ready",
                    generation: generation, now: now)
            }
        }
        await context.report("EnvironmentReady", "Provision", "namespace \(plan.names.application) is ready")
    }

    /// After a crash: the sandbox may have gone with its node.
    private func refresh() async throws(RunStop) {
        let environment = NamespaceEnvironment(
            plan: context.plan, client: context.services.client, time: context.services.time)
        try await context.within(Self.limit, else: .provisioningFailed, "could not reach the environment again") {
            try await environment.prepare()
            try await environment.awaitReady(within: Self.limit)
        }
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
