import AIOpsAPI
import ControllerRuntime
import Controllers
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import Primitives
import SimulationTesting
import Telemetry
import Testing

/// An Event tells of what the server has accepted, and of nothing else.
@Suite struct EventOrderTests {
    private let bench = Bench()

    /// Writes the task's phase, at first against a version that is gone.
    private struct Teller: Reconciler {
        let server: InMemoryAPIServer
        let tries = Locked(0)

        func reconcile(_ key: ObjectKey) async -> ReconcileOutcome {
            let number = tries.withLock { count in
                count += 1
                return count
            }
            guard let task = try? server.object(AIOpsTask.self, key) else { return ReconcileOutcome() }
            let version = number == 1 ? "1" : task.metadata.resourceVersion
            return ReconcileOutcome(
                [
                    .mergePatch(
                        AIOpsTask.resourceType, key, uid: task.metadata.uid, resourceVersion: version,
                        ["status": ["phase": "Queued"]], subresource: "status")
                ],
                notes: [.about(task, reason: "Try\(number)", action: "Admit", note: "queued")])
        }
    }

    @Test(.timeLimit(.minutes(1))) func aWriteThatWasRefusedIsNotTold() async throws {
        let task = try bench.store(Fixture.task())
        let events = EventRecorder(
            writer: bench.client, controller: "test", instance: "one", time: bench.time, logger: .disabled, seed: 1)
        let controller = Controller(
            name: "test", reconciler: Teller(server: bench.server), executor: IntentExecutor(writer: bench.client),
            events: events, time: bench.time, logger: .disabled)
        let (told, sink) = AsyncStream<String>.makeStream()
        bench.server.react(to: Event.resourceType) { event, _ in
            sink.yield(event["reason"]?.stringValue ?? "")
        }
        controller.enqueue(task.key, reason: ReconcileReason("test"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await events.run() }
            group.addTask { try await controller.run() }
            var reasons = told.makeAsyncIterator()
            #expect(await reasons.next() == "Try2")
            group.cancelAll()
            do { try await group.waitForAll() } catch is CancellationError {}
        }
        #expect(try bench.stored(task.key).status.phase == .queued)
        #expect(bench.server.objects(Event.resourceType).count == 1)
    }

    /// The reconciler tells of phases through its answer, never by itself.
    @Test func aPhaseIsToldWithItsWrite() async throws {
        bench.server.put(Fixture.pool())
        let task = try bench.store(Fixture.task())
        let process = try OperatorProcess(
            session: "aaaaa", link: ProcessLink(server: bench.server, provider: ScriptedProvider(isMitigation: false)),
            server: bench.server, time: bench.time)
        try process.fillCaches()
        let outcome = await process.taskReconciler.reconcile(task.key)
        #expect(outcome.intents.count == 1)
        #expect(outcome.notes.map(\.reason) == ["Queued"])
    }
}
