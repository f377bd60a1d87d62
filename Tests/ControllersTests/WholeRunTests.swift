import AIOpsAPI
import Controllers
import Conversations
import JSON
import KubernetesModel
import KubernetesTesting
import Primitives
import Problems
import SchedulingTesting
import SimulationTesting
import Testing

/// A task from its creation to a clean cluster, on an API server in memory.
@Suite(.ownThread) struct WholeRunTests {
    @Test(arguments: [Rehearsal.Play.detection, .mitigation])
    func aRunEndsWithAVerdictAConversationAndACleanCluster(play: Rehearsal.Play) async throws {
        let run = Rehearsal(play)
        let writes = try await run.perform()
        let task = try #require(try run.task())
        #expect(writes > 40)
        #expect(task.status.phase == .succeeded)
        #expect(task.status.result?.verdict == .passed, "\(task.status.result?.message ?? "")")
        #expect(run.cluster.repairs.withLock { $0 } == (play == .mitigation ? 1 : 0))
        try await run.expectInvariants()
    }

    /// A problem brings limits of its own for tasks that name none.
    @Test func aProblemLimitsTheTasksThatDoNot() async throws {
        var catalogue = Catalogue()
        let yaml = """
            problems:
              - id: brief_{task}
                tasks: [Detection]
                application: {name: shop-lite, port: 8080}
                fault: {kind: TargetPortMisconfiguration, service: store, from: 8080, to: 9999}
                truth: {anomaly: "Yes", components: [store], systemLevel: Virtualization, faultType: Misconfiguration}
                limits: {maxSteps: 2, timeoutSeconds: 900}
            """
        try catalogue.add(Array(yaml.utf8), file: "brief.yaml")
        let run = Rehearsal(.detection, answers: .dithering, catalogue: catalogue) {
            $0.spec.problem?.id = "brief_detection"
        }
        try await run.perform()
        let status = try #require(try run.task()).status
        #expect(status.result?.stepsTaken == 2)
        #expect(status.conditions.get(.agentCompleted)?.reason == "StepLimitReached")
        #expect(status.conditions.get(.agentCompleted)?.message.contains("its 2 steps") == true)
    }

    /// It is graded as it stands, since declining is what the agent did; and whoever looks sees why.
    @Test(arguments: [false, true]) func aRefusalIsGradedAndTold(isNative: Bool) async throws {
        let run = Rehearsal(.detection, answers: .declining("I will not touch a cluster.")) {
            $0.spec.agent?.toolStyle = isNative ? .native : .codeBlock
        }
        try await run.perform()
        let status = try #require(try run.task()).status
        #expect(run.provider.calls == 1 && status.result?.verdict == .failed && status.result?.stepsTaken == 0)
        let completed = try #require(status.conditions.get(.agentCompleted))
        #expect(completed.status == .true && completed.reason == "ModelRefused")
        #expect(completed.message.contains("“I will not touch a cluster.”"))
        let succeeded = try #require(status.conditions.get(.succeeded))
        #expect(succeeded.status == .true && succeeded.reason == "Completed")
        #expect(succeeded.message.hasPrefix("completed with verdict Failed; the agent: ModelRefused, "))
        #expect(succeeded.message.contains("“I will not touch a cluster.”"))
    }

    /// I9: while proxies have not followed yet, the agent would find nothing wrong and be right.
    @Test func theAgentBeginsWhenTheFaultIsFelt() async throws {
        let run = Rehearsal(.detection)
        run.cluster.lateCalls.withLock { $0 = 3 }
        let lateAtCalls = Locked<[Int]>([])
        let process = try run.process("aaaaa")
        process.link.whileThinking.withLock { act in
            act = { lateAtCalls.withLock { $0.append(run.cluster.lateCalls.withLock { $0 }) } }
        }
        #expect(try await process.work(until: run.isOver))
        #expect(!lateAtCalls.withLock { $0 }.isEmpty && lateAtCalls.withLock { $0 }.allSatisfy { $0 == 0 })
        #expect(try run.task()?.status.result?.verdict == .passed)
    }

    /// I9: held until the grading, taken back after it, and seen to be.
    @Test func theFaultIsTakenBackAfterTheGrading() async throws {
        let run = Rehearsal(.detection)
        let wasWhole = Locked<[Bool]>([])
        run.server.react(to: .services) { service, _ in
            let port = service["spec", "ports"]?[0]?["targetPort"]?.integerValue
            wasWhole.withLock { $0.append(port == Int64(ShopCluster.rightPort)) }
        }
        try await run.perform()
        #expect(wasWhole.withLock { $0.count { !$0 } } == 1 && wasWhole.withLock { $0.last } == true)
        let writes = run.server.writes
        let changes = writes.indices.filter { writes[$0].type == .services && writes[$0].verb == "patch" }
        let graded = try #require(writes.firstIndex { $0.body["status"]?["result"]?["verdict"] != nil })
        #expect(changes.count == 2 && changes[0] < graded && graded < changes[1])
        #expect(try run.task()?.status.result?.scores["recovered"] == "true")
    }
}
