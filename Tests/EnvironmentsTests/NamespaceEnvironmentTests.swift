import Environments
import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import LifecycleTesting
import Primitives
import Telemetry
import Testing

@Suite(.timeLimit(.minutes(1)))
struct NamespaceEnvironmentTests {
    private let time = ManualTimeSource()
    private let server: InMemoryAPIServer
    private let client: KubernetesClient

    init() {
        server = InMemoryAPIServer(time: time)
        client = TestClient.make(server, time)
    }

    private func environment(uid: String = "task-uid", attempt: Int = 1) -> NamespaceEnvironment {
        NamespaceEnvironment(
            plan: EnvironmentPlan(EnvironmentRequest(taskUID: uid, attempt: attempt, taskType: .detection)),
            client: client, time: time)
    }

    private func exists(_ planned: PlannedObject) -> Bool { server.object(planned.type, planned.key) != nil }

    @Test func preparingTwiceMakesEveryObjectOnce() async throws {
        let environment = environment()
        try await environment.prepare()
        #expect(environment.plan.objects.allSatisfy(exists))
        let version = server.resourceVersion
        try await environment.prepare()
        #expect(server.resourceVersion == version)
    }

    @Test func everythingIsWrittenByANeutralManager() async throws {
        try await environment().prepare()
        #expect(server.writes.allSatisfy { $0.query["fieldManager"] == ObjectMaker.fieldManager })
        #expect(!ObjectMaker.fieldManager.contains("aiops"))
    }

    /// Whatever create was the last one to reach the server, who comes next ends with the same objects.
    @Test(
        arguments: EnvironmentPlan(EnvironmentRequest(taskUID: "u", attempt: 1, taskType: .detection)).objects.indices,
        [true, false])
    func continuesAfterACrashAtAnyWrite(_ survivor: Int, _ isReplyLost: Bool) async throws {
        let environment = environment()
        let writes = Locked(0)
        let crash = HTTPError.cancelled
        server.inject(isReplyLost ? .loseReply(crash) : .lose(crash)) { call in
            guard call.isWrite else { return false }
            return writes.withLock {
                $0 += 1
                return $0 == survivor + 1
            }
        }
        await #expect(throws: EnvironmentError.self) { try await environment.prepare() }
        try await environment.prepare()
        #expect(environment.plan.objects.allSatisfy(exists))
        #expect(server.objects(.namespaces).count == 3)
    }

    /// The server counts a create against the quota before it looks whether the object is there: after a few attempts it
    /// speaks of the quota alone.
    @Test func aPodThatIsThereIsTakenOverWhenItsQuotaIsSaidToBeExceeded() async throws {
        let environment = environment()
        try await environment.prepare()
        let refusal = Status(
            code: 403, reason: "Forbidden",
            message:
                "pods \"shell\" is forbidden: exceeded quota: limits, requested: pods=1, used: pods=2, limited: pods=2")
        server.inject(.answer(refusal)) { $0.verb == "create" && $0.type == .pods }
        try await environment.prepare()
        #expect(server.objects(.pods).count == 1)
    }

    @Test func aNamespaceOfSomebodyElseIsRefusedAndLeftAlone() async throws {
        let environment = environment()
        server.put(
            .namespaces,
            [
                "metadata": [
                    "name": .string(environment.plan.names.application), "labels": ["aiops.dev/uid": "another-task"],
                ]
            ])
        await #expect {
            try await environment.prepare()
        } throws: { error in
            guard case .foreignObject(let type, let key)? = error as? EnvironmentError else { return false }
            return type == .namespaces && key.name == environment.plan.names.application
        }
        #expect(try await environment.release() == .gone)
        #expect(server.object(.namespaces, ObjectKey(name: environment.plan.names.application)) != nil)
    }

    @Test func releaseIsVerifiedByAListing() async throws {
        let environment = environment()
        try await environment.prepare()
        #expect(try await environment.release() == .gone)
        #expect(environment.plan.objects.allSatisfy { !exists($0) })
        // Gone already is as good.
        #expect(try await environment.release() == .gone)
    }

    @Test func aNamespaceThatDoesNotGoIsReported() async throws {
        let environment = environment()
        try await environment.prepare()
        let key = ObjectKey(name: environment.plan.names.application)
        server.modify(.namespaces, key) { $0["metadata"]?["finalizers"] = ["example.com/hold"] }
        guard case .remaining(let left) = try await environment.release() else {
            Issue.record("a namespace that is held was called gone")
            return
        }
        #expect(left.map(\.item.name) == [key.name])
        server.modify(.namespaces, key) { $0["metadata"]?["finalizers"] = nil }
        #expect(try await environment.release() == .gone)
    }

    @Test func deletionsCarryTheUidOfWhatWasSeen() async throws {
        let environment = environment()
        try await environment.prepare()
        let uids = Set(
            environment.plan.names.all.compactMap {
                server.object(.namespaces, ObjectKey(name: $0))?["metadata"]?["uid"]?.stringValue
            })
        _ = try await environment.release()
        let sent = server.writes.filter { $0.verb == "delete" }.compactMap {
            $0.body["preconditions"]?["uid"]?.stringValue
        }
        #expect(Set(sent) == uids && sent.count == 2)
    }

    @Test func attemptsOfOneTaskAreReleasedApart() async throws {
        let first = environment(attempt: 1)
        let second = environment(attempt: 2)
        try await first.prepare()
        try await second.prepare()
        #expect(try await first.release() == .gone)
        #expect(second.plan.objects.allSatisfy(exists))
    }

    @Test func awaitReadySaysWhatItWaitsForAndGivesUp() async throws {
        let environment = environment()
        try await environment.prepare()
        let heard = Locked<[String]>([])
        let waiting = Task {
            _ = await #expect {
                try await environment.awaitReady(within: .seconds(2)) { word in heard.withLock { $0.append(word) } }
            } throws: { error in
                if case .notReady? = error as? EnvironmentError { true } else { false }
            }
        }
        for _ in 0..<4 {
            await time.waitForSleepers()
            time.advance(by: .milliseconds(500))
        }
        await waiting.value
        #expect(heard.withLock { $0 }.count == 1)
    }

    @Test func awaitReadyReturnsWhenThePodIs() async throws {
        let environment = environment()
        try await environment.prepare()
        server.modify(.pods, environment.plan.sandboxPod) {
            $0["status"] = ["phase": "Running", "conditions": [["type": "Ready", "status": "True"]]]
        }
        try await environment.awaitReady(within: .zero)
    }

    @Test func aQuotaThatIsNotCountedYetIsWaitedFor() async throws {
        let environment = environment()
        let refusal = Status(
            code: 403, reason: "Forbidden",
            message: "pods \"shell\" is forbidden: status unknown for quota: limits, resources: pods")
        server.inject(.answer(refusal), times: 2) { $0.verb == "create" && $0.type == .pods }
        let preparing = Task { try await environment.prepare() }
        for _ in 0..<2 {
            await time.waitForSleepers()
            time.advance(by: .milliseconds(250))
        }
        try await preparing.value
        #expect(environment.plan.objects.allSatisfy(exists))
    }

    @Test func diagnosticsHoldPodsEventsAndLogs() async throws {
        let environment = environment()
        try await environment.prepare()
        server.put(
            .coreEvents,
            [
                "metadata": ["name": "e1", "namespace": .string(environment.plan.names.application)],
                "type": "Warning", "reason": "BackOff", "message": "key=secret",
                "lastTimestamp": "2026-01-01T00:00:00Z",
                "involvedObject": ["kind": "Pod", "name": "front-1"],
            ])
        server.serveLogs { pod, _ in "hello from \(pod.name)" }
        let bundle = await environment.diagnostics {
            $0 == "" ? $0 : String($0.split(separator: "key=secret")[0]) + "*"
        }
        #expect(bundle.text.contains("shell Pending"))
        #expect(bundle.text.contains("Warning BackOff Pod/front-1"))
        #expect(!bundle.text.contains("key=secret"))
        #expect(bundle.text.contains("hello from shell"))
    }
}
