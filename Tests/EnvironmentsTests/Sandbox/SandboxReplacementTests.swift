import Environments
import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import LifecycleTesting
import Testing

/// Sandboxes that nodes evict, people delete and files choke.
@Suite(.timeLimit(.minutes(1)))
struct SandboxReplacementTests {
    private let time = ManualTimeSource()
    private let server: InMemoryAPIServer
    private let environment: NamespaceEnvironment

    init() async throws {
        server = InMemoryAPIServer(time: time)
        environment = NamespaceEnvironment(
            plan: EnvironmentPlan(EnvironmentRequest(taskUID: "uid", attempt: 1, taskType: .detection)),
            client: TestClient.make(server, time), time: time)
        try await environment.prepare()
    }

    private var pod: JSONValue? { server.object(.pods, environment.plan.sandboxPod) }

    private var uid: String? { pod?["metadata"]?["uid"]?.stringValue }

    /// The last argument of process 1, which the first command is told.
    private var notice: String? { pod?["spec"]?["containers"]?[0]?["command"]?.arrayValue?.last?.stringValue }

    private func set(_ status: JSONValue) {
        server.modify(.pods, environment.plan.sandboxPod) { $0["status"] = status }
    }

    private static let ends: [(JSONValue, String)] = [
        (
            ["phase": "Failed", "reason": "Evicted", "message": "The node was low on\nresource: memory."],
            "Evicted: The node was low on resource: memory."
        ),
        (["phase": "Failed", "reason": "DeadlineExceeded"], "DeadlineExceeded"),
        (["phase": "Succeeded"], "it ended"),
        (
            [
                "phase": "Running",
                "containerStatuses": [["name": "shell", "state": ["waiting": ["reason": "CrashLoopBackOff"]]]],
            ], "it could not be kept running"
        ),
    ]

    @Test(arguments: ends)
    func oneThatTakesNoCommandsAnyMoreIsReplaced(status: JSONValue, told: String) async throws {
        let old = uid
        set(status)
        let cause = try await environment.replaceSandbox(isMissed: true)
        #expect(cause?.isEmpty == false)
        #expect(uid != nil && uid != old)
        #expect(notice?.contains(told) == true && notice?.contains("made anew") == true, "\(notice ?? "")")
        let deletion = try #require(server.writes.last { $0.verb == "delete" })
        #expect(deletion.body["preconditions"]?["uid"]?.stringValue == old)
        // Of a new one nothing is known that speaks against it.
        #expect(try await environment.replaceSandbox(isMissed: true) == nil)
    }

    @Test(arguments: ["Pending", "Running", "Unknown"])
    func oneThatMayStillComeStays(phase: String) async throws {
        let old = uid
        set(["phase": .string(phase)])
        #expect(try await environment.replaceSandbox(isMissed: true) == nil)
        #expect(uid == old)
        #expect(try await environment.replaceSandbox(isMissed: true, broken: "it takes no commands") != nil)
        #expect(uid != old && notice?.contains("it takes no commands") == true)
    }

    /// Who never had a sandbox is not told of the loss of one.
    @Test func oneThatWasDeletedIsMissedOnlyByThoseWhoHadIt() async throws {
        server.remove(.pods, environment.plan.sandboxPod)
        #expect(try await environment.replaceSandbox(isMissed: false) == nil)
        #expect(pod == nil)
        #expect(try await environment.replaceSandbox(isMissed: true) == "it was deleted")
        #expect(notice?.contains("it was deleted") == true)
    }

    /// The plan's own says nothing, so that two who make it make the same.
    @Test func theFirstSandboxHasNothingToTell() { #expect(notice == "hold") }

    @Test func theOldOneIsWaitedFor() async throws {
        let old = uid
        set(["phase": "Failed"])
        server.modify(.pods, environment.plan.sandboxPod) { $0["metadata"]?["finalizers"] = ["test/held"] }
        let environment = environment
        let replacing = Task { try await environment.replaceSandbox(isMissed: true) }
        await time.waitForSleepers()
        #expect(uid == old)
        server.remove(.pods, environment.plan.sandboxPod)
        time.advance(by: .milliseconds(250))
        #expect(try await replacing.value != nil)
        #expect(uid != old)
    }
}
