import AIOpsAPI
import ClusterTesting
import FaultTesting
import JSON
import KubernetesClient
import KubernetesModel
import Testing

extension FaultClusterTests {
    /// The object goes while it is worked on.
    @Suite(.timeLimit(.minutes(60))) struct F34GoneMeanwhile {
        /// At the n-th write, with the reply held until the deletion is under way.
        @Test func aTaskDeletedAtAnyWriteLeavesNothing() async throws {
            let session = try FaultSession.current()
            let count = try await session.writes(of: .detection)
            for number in Draw.numbers(to: count, sample: 2, salt: 34) {
                let held = Fault("held", "delay-reply", Fault.ordinaryWrites, with: ["seconds": 1], skip: number - 1)
                // The count is that of a run with its deletion: the last of them come after it.
                let mustHit = number < count - 4
                let plan = FaultPlan("F34", .deleteAnyTime, [held], mustHit: mustHit)
                let result = try await session.play(plan) { task in
                    let patience = mustHit ? plan.within : .seconds(30)
                    do {
                        try await eventually(
                            "write \(number) is under way", within: patience, every: .milliseconds(20)
                        ) {
                            .holds(try await session.rig.report(since: .max).hits["held"] == 1, else: "not yet")
                        }
                    } catch let error as NeverHappened {
                        if mustHit { throw error }
                    }
                    try await session.deleteIfThere(task, nil)
                }
                let what = "deleted at write \(number) of \(count), \(result.hit)"
                #expect(result.violations.isEmpty, "\(what):\n\(result.violations.joined(separator: "\n"))")
            }
        }

        @Test(arguments: [DeleteOptions.Propagation.foreground] + (Draw.isExhaustive ? [.background, .orphan] : []))
        func everyWayOfDeletingLeavesNothing(propagation: DeleteOptions.Propagation) async throws {
            let session = try FaultSession.current()
            let result = try await session.play(FaultPlan("F34", .deleteAnyTime, [])) { task in
                try await session.cluster.await(task.metadata.name, in: session.namespace, "its agent is at work") {
                    $0.status.phase == .running || $0.status.isFinished
                }
                try await session.deleteIfThere(task, propagation)
            }
            #expect(result.violations.isEmpty, "\(propagation): \(result.violations.joined(separator: "\n"))")
        }

        /// Somebody takes the finalizer off by hand while the agent works: nothing is left all the same.
        @Test func aFinalizerTakenOffByHandIsPutBack() async throws {
            let session = try FaultSession.current()
            let result = try await session.play(FaultPlan("F34", .cancel, [])) { task in
                try await session.cluster.await(task.metadata.name, in: session.namespace, "its agent is at work") {
                    $0.status.phase == .running
                }
                _ = try await session.cluster.client.patchDynamic(
                    AIOpsTask.resourceType, task.metadata.key, .merge(["metadata": ["finalizers": []]]))
            }
            #expect(result.violations.isEmpty, "\(result.violations.joined(separator: "\n"))")
        }
    }
}
