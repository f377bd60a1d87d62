import AIOpsAPI
import ControllerRuntime
import Controllers
import Environments
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import Primitives
import SimulationTesting
import Testing

/// What becomes of a task's environment when the task has ended or is being deleted.
@Suite struct TaskReleaseTests {
    private let bench = Bench()

    /// A task in its last phase with two namespaces, which the kubelet still holds.
    private func ended(_ phase: Phase, retainOnFailure: Int64? = nil) throws -> AIOpsTask {
        var task = Fixture.task(phase: phase) { task in
            task.status.completedAt = Fixture.now
            task.status.claim = Bench.claim("demo/default-zzzzz-0")
            if let retainOnFailure {
                var retention = AIOpsTask.Retention()
                retention.onFailureSeconds = retainOnFailure
                var environment = AIOpsTask.Environment()
                environment.retention = retention
                task.spec.environment = environment
                task.status.admission = nil
                task.admit(now: Fixture.now)
            }
        }
        task = try bench.store(task)
        let plan = EnvironmentPlan(EnvironmentRequest(taskUID: task.metadata.uid, attempt: 1, taskType: .detection))
        var state = AIOpsTask.EnvironmentState()
        state.name = plan.names.application
        state.sandbox = plan.names.sandbox
        state.inventory = plan.inventory.map { item in
            var entry = AIOpsTask.InventoryEntry()
            entry.apiVersion = item.apiVersion
            entry.kind = item.kind
            entry.name = item.name
            return entry
        }
        task.status.environment = state
        bench.server.put(task)
        for name in plan.names.all { bench.server.put(.namespaces, namespace(name, uid: task.metadata.uid)) }
        return try bench.stored(task.key)
    }

    private func namespace(_ name: String, uid: String, isHeld: Bool = true) -> JSONValue {
        [
            "metadata": [
                "name": .string(name), "labels": [EnvironmentNames.uidLabel: .string(uid)],
                "finalizers": isHeld ? ["test/held"] : [],
            ], "status": ["phase": "Active"],
        ]
    }

    private func process() throws -> OperatorProcess {
        try OperatorProcess(
            session: "aaaaa", link: ProcessLink(server: bench.server, provider: ScriptedProvider(isMitigation: false)),
            server: bench.server, time: bench.time)
    }

    private func environments() -> [String] {
        bench.server.objects(.namespaces).compactMap { $0["metadata", "name"]?.stringValue }
            .filter { $0 != "demo" && $0 != "default" }
    }

    /// What the kubelet does when the pods are gone.
    private func letGo() {
        for name in environments() {
            bench.server.remove(.namespaces, ObjectKey(name: name))
        }
    }

    /// A foreign finalizer: it is told once, with what the server says of the cause, and looked for more and more seldom; no
    /// other task waits for it.
    @Test func aNamespaceThatStaysIsToldOfAndWaitedForPatiently() async throws {
        let task = try ended(.succeeded)
        let process = try process()
        try await process.round()
        #expect(try bench.stored(task.key).status.conditions.get(.cleanedUp)?.reason == Reason.cleaningUp.rawValue)
        for name in environments() {
            bench.server.modify(.namespaces, ObjectKey(name: name)) { namespace in
                namespace["status"] = [
                    "phase": "Terminating",
                    "conditions": [
                        [
                            "type": "NamespaceFinalizersRemaining", "status": "True", "reason": "SomeFinalizersRemain",
                            "message": "test/held in 1 resource instances",
                        ]
                    ],
                ]
            }
        }
        bench.time.advance(by: .seconds(65))
        let outcome = try await process.decide(task.key)
        #expect(outcome.notes.map(\.reason) == ["CleanUpStuck"])
        guard case .requeue(let wait) = outcome.result else {
            Issue.record("nobody looks again")
            return
        }
        #expect(wait > .seconds(5) && wait <= .seconds(30))
        try await process.round()
        let told = try #require(try bench.stored(task.key).status.conditions.get(.cleanedUp))
        #expect(told.reason == Reason.cleanUpStuck.rawValue && told.message.contains("test/held in 1 resource"))
        bench.time.advance(by: .seconds(3600))
        #expect(try await process.decide(task.key).notes.isEmpty)
        letGo()
        try await process.round()
        #expect(try bench.stored(task.key).status.conditions.isTrue(.cleanedUp))
    }

    /// I1.
    @Test func theFinalizerGoesOnlyWhenAListingShowsThatAllIsGone() async throws {
        let task = try ended(.succeeded)
        try await bench.client.delete(AIOpsTask.resourceType, task.key, DeleteOptions())
        let process = try process()
        for _ in 0..<3 {
            try await process.round()
            #expect(Finalizer.environment.isOn(try bench.stored(task.key).metadata))
            #expect(try bench.stored(task.key).status.conditions.get(.cleanedUp)?.reason == Reason.cleaningUp.rawValue)
        }
        letGo()
        bench.server.forgetCalls()
        try await process.round()
        #expect(throws: Bench.Missing.self) { try bench.stored(task.key) }
        let calls = bench.server.calls
        let listing = calls.firstIndex { $0.verb == "list" && $0.type == .namespaces } ?? .max
        let removal = calls.firstIndex { $0.verb == "patch" && $0.type == AIOpsTask.resourceType } ?? -1
        #expect(listing < removal)
    }

    @Test func aListingThatFailsKeepsTheFinalizer() async throws {
        let task = try ended(.succeeded)
        try await bench.client.delete(AIOpsTask.resourceType, task.key, DeleteOptions())
        letGo()
        bench.server.inject(
            .answer(Status(code: 403, reason: "Forbidden", message: "no")), times: 10
        ) { $0.verb == "list" && $0.type == .namespaces }
        let process = try process()
        try await process.round()
        #expect(Finalizer.environment.isOn(try bench.stored(task.key).metadata))
        #expect(
            try bench.stored(task.key).status.conditions.get(.cleanedUp)?.reason == Reason.cleanUpFailed.rawValue)
    }

    @Test func anEndedTaskSaysWhatItWaitsForAndThenThatAllIsGone() async throws {
        let task = try ended(.succeeded)
        let process = try process()
        try await process.round()
        let waiting = try #require(try bench.stored(task.key).status.conditions.get(.cleanedUp))
        #expect(waiting.status == .false && waiting.message.contains(environments()[0]))
        letGo()
        try await process.round()
        let status = try bench.stored(task.key).status
        #expect(status.conditions.isTrue(.cleanedUp))
        #expect(status.environment?.inventory == [])
        // I8.
        bench.server.forgetCalls()
        for _ in 0..<3 { try await process.round() }
        #expect(bench.server.calls.filter { $0.verb != "get" }.isEmpty)
    }

    @Test func aFailureIsExplainedBeforeItIsTornDown() async throws {
        let task = try ended(.failed, retainOnFailure: 0)
        let process = try process()
        for _ in 0..<3 { try await process.round() }
        let writes = bench.server.writes
        let saved = writes.firstIndex { $0.type == .configMaps && $0.verb == "create" } ?? .max
        let noted = writes.firstIndex { $0.body.text.contains("\"diagnostics\"") } ?? .max
        let torn = writes.firstIndex { $0.type == .namespaces && $0.verb == "delete" } ?? -1
        #expect(saved < noted && noted < torn)
        let name = try #require(try bench.stored(task.key).status.environment?.diagnostics)
        let map = try #require(
            try bench.server.object(ConfigMap.self, ObjectKey(namespace: "demo", name: name)))
        #expect(map.metadata.ownerReferences.map(\.uid) == [task.metadata.uid])
    }

    /// A namespace that takes no more objects is a reason to fail, and none to keep what the failed task has made.
    @Test(arguments: ["exceeded quota: configmaps", "no right to create configmaps"])
    func whatCannotBeExplainedIsReleasedAllTheSame(message: String) async throws {
        let task = try ended(.failed, retainOnFailure: 0)
        bench.server.inject(.answer(Status(code: 403, reason: "Forbidden", message: message)), times: 100) {
            $0.verb == "create" && $0.type == .configMaps
        }
        let process = try process()
        for _ in 0..<3 { try await process.round() }
        letGo()
        try await process.round()
        let status = try bench.stored(task.key).status
        #expect(status.conditions.isTrue(.cleanedUp) && status.environment?.diagnostics == "")
        let attempts = bench.server.calls.filter { $0.verb == "create" && $0.type == .configMaps }
        #expect(attempts.count == 1, "looked at the environment again and again")
    }

    @Test func aFailedTaskKeepsItsNamespacesForItsRetention() async throws {
        let task = try ended(.failed, retainOnFailure: 600)
        let process = try process()
        for _ in 0..<3 { try await process.round() }
        #expect(environments().count == 2)
        #expect(!bench.server.writes.contains { $0.type == .namespaces })
        #expect(try bench.stored(task.key).status.conditions.get(.cleanedUp)?.reason == Reason.retained.rawValue)
        bench.time.advance(by: .seconds(601))
        for _ in 0..<3 { try await process.round() }
        #expect(bench.server.writes.contains { $0.type == .namespaces && $0.verb == "delete" })
    }

    /// I6: a namespace of that name which is not the task's is somebody else's.
    @Test func aForeignNamespaceIsNotDeleted() async throws {
        let task = try ended(.succeeded)
        let name = environments()[0]
        bench.server.remove(.namespaces, ObjectKey(name: name))
        bench.server.put(.namespaces, namespace(name, uid: "another", isHeld: false))
        let process = try process()
        for _ in 0..<2 { try await process.round() }
        for other in environments() where other != name {
            bench.server.remove(.namespaces, ObjectKey(name: other))
        }
        for _ in 0..<2 { try await process.round() }
        #expect(environments() == [name])
        #expect(try bench.stored(task.key).status.conditions.isTrue(.cleanedUp))
        let deletions = bench.server.writes.filter { $0.verb == "delete" }
        #expect(deletions.allSatisfy { $0.body["preconditions", "uid"] != nil })
        #expect(!deletions.contains { $0.name == name })
    }
}
