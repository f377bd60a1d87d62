import AIOpsAPI
import Controllers
import HTTP
import KubernetesModel
import KubernetesTesting
import Testing

@Suite struct PodSecurityTests {
    private let bench = Bench()
    private let probe: PodSecurityProbe

    init() { probe = PodSecurityProbe(client: bench.client, time: bench.time) }

    /// As `invalidResponse` of k8s.io/pod-security-admission answers.
    private static let refusal = Status(
        code: 422, reason: "Invalid",
        message: #"Namespace "aiops-pod-security-probe" is invalid: "#
            + #"metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "no-such-level": must be one of "#
            + "privileged, baseline, restricted")

    private static let answers: [(APIFault?, ConditionStatus, Reason)] = [
        (nil, .false, .podSecurityNotEnforced),
        (.answer(refusal), .true, .podSecurityEnforced),
        (
            .answer(Status(code: 409, reason: "AlreadyExists", message: "it is there")), .false,
            .podSecurityNotEnforced
        ),
        (.answer(Status(code: 403, reason: "Forbidden", message: "no")), .unknown, .podSecurityUnproven),
        (
            .answer(Status(code: 422, reason: "Invalid", message: "a policy wants an owner label")), .unknown,
            .podSecurityUnproven
        ),
        (.lose(.connect("refused")), .unknown, .podSecurityUnproven),
    ]

    @Test(arguments: answers.indices)
    func onlyTwoAnswersSayAnything(index: Int) async {
        let (answer, status, reason) = Self.answers[index]
        if let answer { bench.server.inject(answer, times: .max) { $0.type == .namespaces } }
        let finding = await probe.finding()
        #expect(finding.status == status && finding.reason == reason)
        #expect(bench.server.objects(.namespaces).count == 2)
        #expect(bench.server.calls.allSatisfy { $0.isDryRun } && bench.server.writes.isEmpty)
    }

    @Test func aFindingIsKeptForAWhileAndTheLackOfOneLess() async {
        _ = await probe.finding()
        _ = await probe.finding()
        #expect(bench.server.calls.count == 1)
        bench.time.advance(by: PodSecurityProbe.lifetime)
        bench.server.inject(.answer(Self.refusal)) { $0.type == .namespaces }
        #expect(await probe.finding() == .enforced)
        bench.time.advance(by: PodSecurityProbe.lifetime)
        bench.server.inject(.answer(Status(code: 403, reason: "Forbidden", message: "no"))) { $0.type == .namespaces }
        #expect(await probe.finding() == .unknown("no"))
        bench.time.advance(by: PodSecurityProbe.patience)
        #expect(await probe.finding() == .notEnforced)
    }

    @Test(arguments: [
        (PodSecurityProbe.Finding.enforced, Phase.queued, Reason.queued),
        (.notEnforced, .failed, .podSecurityNotEnforced), (.unknown("no"), .pending, .podSecurityUnproven),
    ])
    func aTaskThatRequiresItRunsOnlyWhereItIsEnforced(
        finding: PodSecurityProbe.Finding, phase: Phase, reason: Reason
    ) throws {
        let task = Fixture.task {
            var environment = AIOpsTask.Environment()
            environment.podSecurity = .required
            $0.spec.environment = environment
        }
        let decision = try Fixture.decide(task, podSecurity: finding)
        #expect(decision.status.phase == phase)
        #expect(decision.status.conditions.get(.succeeded)?.reason == reason.rawValue)
        #expect((decision.wakeAfter != nil) == (phase == .pending))
        #expect(try Fixture.decide(Fixture.task(), podSecurity: nil).status.phase == .queued)
    }
}
