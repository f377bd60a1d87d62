package import ClusterTesting
import Glibc
import JSON
import KubernetesModel
import Primitives
package import Testing

/// One operator behind one fault proxy, for all plans of a suite, one after another.
///
/// Invariant: between two plans there is no task, no environment and no armed fault.
package struct FaultSession: SuiteTrait, TestScoping {
    package struct Running: Sendable {
        package let cluster: TestCluster
        package let rig: FaultRig
        package let process: OperatorProcess
        package let model: ModelServer
        package let namespace: String
        package let audit: AuditLog
        let clean: CleanRuns
        let modelFault: Locked<ModelFault?>
        let count: Locked<Int>
    }

    /// The operator dies while the model is asked.
    struct ModelFault: Sendable {
        /// From 1, within one run of a plan.
        var call: Int
        var seen = 0
        var pid: Int32
    }

    /// What must never be found outside its Secret.
    package static let key = "q7Rk-teapot-\(TestCluster.randomSuffix())-Zz81"

    @TaskLocal private static var running: Running?

    package static func current() throws -> Running {
        guard let running else { throw NeverHappened("this test is in no suite with .faults") }
        return running
    }

    @concurrent package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        let audit = try AuditLog()
        let modelFault = Locked<ModelFault?>(nil)
        try await TestCluster.with(.api) { cluster in
            try await FaultRig.with(cluster) { rig in
                try await ModelServer.with { _, call in
                    Self.strike(modelFault)
                    return ShopAgent.reply(to: call)
                } _: { model in
                    try await OperatorProcess.with(
                        cluster, kubeconfig: rig.kubeconfig, namespace: OperatorRights.namespace,
                        allowedHosts: [model.address]
                    ) { process in
                        try await cluster.withNamespace("faults") { namespace in
                            try await OperatorRights.grant(to: rig.user, credentialsIn: namespace, cluster)
                            try await cluster.createPool(workers: 2, in: namespace)
                            try await cluster.create(
                                .secrets, "credentials", in: namespace,
                                [
                                    "type": "aiops.dev/model-credentials",
                                    "stringData": ["apiKey": .string(Self.key), "hosts": .string(model.address)],
                                ])
                            try await rig.operatorIs(process.life?.pid ?? 0)
                            let running = Running(
                                cluster: cluster, rig: rig, process: process, model: model, namespace: namespace,
                                audit: audit, clean: CleanRuns(), modelFault: modelFault, count: Locked(0))
                            // Without its rights it could read nothing until now.
                            try await running.awaitWorking()
                            try await running.takeAwayLeftovers()
                            try await Self.$running.withValue(running) { try await function() }
                            // What clears up must not meet what a failed plan has left armed.
                            try await rig.arm([])
                        }
                    }
                }
            }
        }
    }

    private static func strike(_ fault: Locked<ModelFault?>) {
        let pid: Int32? = fault.withLock { fault in
            guard fault != nil else { return nil }
            fault?.seen += 1
            guard fault?.seen == fault?.call else { return nil }
            return fault?.pid
        }
        if let pid { kill(pid, SIGKILL) }
    }
}

extension Trait where Self == FaultSession {
    package static var faults: Self { FaultSession() }
}
