import HTTP
import JSON
import KubernetesModel
import KubernetesTesting
import Primitives
import Problems
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ProblemSessionTests {
    private static let detection = "shop_lite_target_port-misconfig-detection-1"
    private static let mitigation = "shop_lite_target_port-misconfig-mitigation-1"
    private let cluster = FakeShopCluster()

    /// Everything up to the agent's start.
    private func begin(_ id: String) async throws -> (session: ProblemSession, baseline: String, undo: String?) {
        let session = try cluster.session(id)
        return try await cluster.run {
            try await session.deploy()
            try await session.awaitHealthy(within: .seconds(10))
            let baseline = try await session.captureBaseline()
            try await session.startWorkload()
            try await session.awaitServing(within: .seconds(10))
            let undo = try await session.planFault()
            try await session.inject(undo)
            try await session.awaitInEffect(within: .seconds(10))
            return (session, baseline, undo)
        }
    }

    private func grade(
        _ session: ProblemSession, _ submission: JSONValue?, _ baseline: String, cut: CutShort? = nil
    ) async throws -> Grade {
        try await cluster.run {
            try await session.grade(submission: submission, baseline: baseline, figures: RunFigures(), cut: cut)
        }
    }

    @Test func theFaultHoldsUntilItIsTakenBack() async throws {
        let (session, baseline, undo) = try await begin(Self.detection)
        #expect(cluster.targetPort("store") == 9999)
        #expect(try await grade(session, "Yes", baseline).verdict == .passed)
        #expect(try await grade(session, "No", baseline).verdict == .failed)
        #expect(try await grade(session, nil, baseline).verdict == .failed)
        try await session.recover(undo)
        #expect(cluster.targetPort("store") == 8080)
        try await cluster.run { try await session.awaitServing(within: .seconds(5)) }
    }

    @Test func anAnswerToAFaultThatIsGoneIsInconclusive() async throws {
        let (session, baseline, undo) = try await begin(Self.detection)
        try await session.recover(undo)
        let grade = try await grade(session, "Yes", baseline)
        #expect(grade.verdict == .inconclusive && grade.reason == "TruthExpired")
    }

    @Test func theTwinIsInconclusiveWhenItsShopBreaksByItself() async throws {
        let (session, baseline, undo) = try await begin("noop_detection_shop_lite-1")
        #expect(undo == nil)
        #expect(try await grade(session, "No", baseline).verdict == .passed)
        #expect(try await grade(session, "Yes", baseline).verdict == .failed)
        cluster.setTargetPort("cart", 1)
        #expect(try await grade(session, "No", baseline).verdict == .inconclusive)
    }

    @Test func mendingPassesAndDoingNothingFails() async throws {
        let (session, baseline, _) = try await begin(Self.mitigation)
        let idle = try await grade(session, .null, baseline)
        #expect(idle.verdict == .failed && idle.reason == "WrongTargetPort")
        cluster.setTargetPort("store", 8080)
        #expect(try await grade(session, nil, baseline).verdict == .passed)
        #expect(try await grade(session, .null, baseline).scores["submitted"] == "1")
    }

    /// What it has mended counts, and what it has not is not held against it.
    @Test(arguments: [(CutShort.cancelled, "Cancelled"), (.poolBudget, "BudgetExceeded")])
    func anAgentThatWasNotLetFinishIsNotFailed(cut: CutShort, reason: String) async throws {
        let (session, baseline, _) = try await begin(Self.mitigation)
        let idle = try await grade(session, nil, baseline, cut: cut)
        #expect(idle.verdict == .inconclusive && idle.reason == reason && idle.message.contains("by then: "))
        cluster.setTargetPort("store", 8080)
        #expect(try await grade(session, nil, baseline, cut: cut).verdict == .passed)
        let (detection, kept, _) = try await begin(Self.detection)
        let unheard = try await grade(detection, nil, kept, cut: cut)
        #expect(unheard.verdict == .inconclusive && unheard.reason == reason)
    }

    @Test func aShopThatLooksMendedButDoesNotServeFails() async throws {
        let (session, baseline, _) = try await begin(Self.mitigation)
        cluster.setTargetPort("store", 8080)
        cluster.forced.withLock { $0 = "502" }
        #expect(try await grade(session, .null, baseline).reason == "FrontDoorFailing")
    }

    @Test func aShopThatCannotBeCalledIsNobodysFailure() async throws {
        let (session, baseline, _) = try await begin(Self.mitigation)
        cluster.setTargetPort("store", 8080)
        for pod in cluster.server.objects(.pods, namespace: "env-1") {
            guard let name = pod["metadata"]?["name"]?.stringValue, name.hasPrefix("visitors") else { continue }
            cluster.server.remove(.pods, ObjectKey(namespace: "env-1", name: name))
        }
        await #expect(throws: ProblemError.self) { try await grade(session, .null, baseline) }
    }

    @Test func mendingByDamageFails() async throws {
        let (session, baseline, _) = try await begin(Self.mitigation)
        cluster.setTargetPort("store", 8080)
        cluster.server.modify(.configMaps, ObjectKey(namespace: "env-1", name: "shop")) {
            $0["data"]?["answer.sh"] = "echo 200"
        }
        #expect(try await grade(session, .null, baseline).reason == "ConfigMapChanged")
    }

    @Test func injectingTwiceIsInjectingOnce() async throws {
        let (session, _, undo) = try await begin(Self.detection)
        cluster.server.forgetCalls()
        try await session.inject(undo)
        #expect(cluster.server.writes.isEmpty)
        try await session.recover(undo)
        try await session.recover(undo)
        #expect(cluster.server.writes.count == 1)
    }

    /// A crash between the patch and the note of it.
    @Test func aLostReplyToTheInjectionIsFoundDone() async throws {
        let session = try cluster.session(Self.detection)
        try await session.deploy()
        let undo = try await session.planFault()
        cluster.server.inject(.loseReply(.cancelled)) { $0.verb == "patch" }
        await #expect(throws: ProblemError.self) { try await session.inject(undo) }
        try await session.inject(undo)
        #expect(cluster.targetPort("store") == 9999)
        #expect(cluster.server.writes.filter { $0.verb == "patch" }.count == 1)
    }

    @Test func aServiceOfAnotherLifeIsNeverTouched() async throws {
        let (session, _, undo) = try await begin(Self.mitigation)
        let key = ObjectKey(namespace: "env-1", name: "store")
        let old = try #require(cluster.server.object(.services, key))
        cluster.server.remove(.services, key)
        var new = old
        new["metadata"]?["uid"] = nil
        cluster.server.put(.services, new)
        cluster.server.forgetCalls()
        try await session.recover(undo)
        #expect(cluster.server.writes.isEmpty)
        await #expect(throws: ProblemError.self) { try await session.inject(undo) }
        #expect(cluster.server.writes.isEmpty)
    }

    @Test func takingBackWhatIsGoneIsDone() async throws {
        let (session, _, undo) = try await begin(Self.mitigation)
        cluster.server.remove(.services, ObjectKey(namespace: "env-1", name: "store"))
        try await session.recover(undo)
    }

    /// The agent's own repair, to whatever value, is left as it is.
    @Test func takingBackLeavesARepairAlone() async throws {
        let (session, _, undo) = try await begin(Self.mitigation)
        cluster.setTargetPort("store", 4711)
        try await session.recover(undo)
        #expect(cluster.targetPort("store") == 4711)
    }

    @Test func aFaultThatIsNotFeltIsNotInEffect() async throws {
        let session = try cluster.session(Self.detection)
        try await cluster.run {
            try await session.deploy()
            try await session.startWorkload()
        }
        cluster.forced.withLock { $0 = "200" }
        let undo = try await session.planFault()
        try await session.inject(undo)
        await #expect {
            try await cluster.run { try await session.awaitInEffect(within: .seconds(3)) }
        } throws: { error in
            if case .notInEffect? = error as? ProblemError { true } else { false }
        }
    }

    @Test func deployingTwiceMakesEverythingOnce() async throws {
        let session = try cluster.session(Self.detection)
        try await session.deploy()
        let version = cluster.server.resourceVersion
        try await session.deploy()
        #expect(cluster.server.resourceVersion == version)
    }

    @Test func everyWriteIsByTheNeutralManager() async throws {
        let (session, _, undo) = try await begin(Self.detection)
        try await session.recover(undo)
        #expect(cluster.server.writes.allSatisfy { $0.query["fieldManager"] == "deploy" })
    }
}
