import AIOpsAPI
import ControllerRuntime
import Controllers
import Environments
import KubernetesModel
import KubernetesTesting
import LifecycleTesting
import Primitives
import SchedulingTesting
import Telemetry
import Testing

@Suite(.ownThread, .timeLimit(.minutes(1)))
struct NetworkIsolationTests {
    private let clock = PollingTime()
    private let pools = Store<WorkerPool>()
    private let server: InMemoryAPIServer
    private let isolation: NetworkIsolation

    init() {
        server = InMemoryAPIServer(time: clock)
        server.simulateWorkloads()
        server.serveExec { _ in InMemoryExec.Outcome(exitCode: 0) }
        isolation = NetworkIsolation(
            pools: pools,
            probe: NetworkProbe(client: Bench.client(server, clock), images: ImageSet(), time: clock), time: clock,
            logger: .disabled)
    }

    private func pool(_ status: ConditionStatus? = nil) -> WorkerPool {
        var pool = Fixture.pool(replicas: 1)
        if let status {
            pool.status.mark(.networkIsolation, status, .networkPolicyEnforced, "", generation: 1, now: Fixture.now)
        }
        return pool
    }

    /// Runs the service until it has come to rest.
    private func run(_ pools: [WorkerPool], while isBusy: @escaping @Sendable () -> Bool) async {
        self.pools.apply(.replace(pools, version: "1"))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await isolation.run() }
            while isBusy() { await Task.yield() }
            group.cancelAll()
        }
    }

    @Test func whatIsFoundIsKnown() async {
        await run([pool()]) { [isolation] in isolation.finding != .open }
        #expect(isolation.finding.reason == .networkPolicyNotEnforced && isolation.finding.status == .false)
    }

    /// The proof is made once, not at each start: an earlier leader has written down what came of it.
    @Test(arguments: [(ConditionStatus.true, NetworkFinding.isolated), (.false, .open)])
    func whatAPoolTellsAlreadyIsTakenOver(status: ConditionStatus, finding: NetworkFinding) async {
        await run([pool(status)]) { [isolation] in isolation.finding != finding }
        #expect(server.calls.isEmpty)
    }

    /// A plug-in may have come since.
    @Test func whatIsOldIsShownAnew() async {
        clock.advance(by: NetworkIsolation.lifetime)
        await run([pool(.true)]) { [isolation] in isolation.finding != .open }
        #expect(!server.writes.isEmpty)
    }

    @Test func nothingIsProvedForNobody() async {
        let began = clock.monotonicNow()
        await run([]) { [clock] in clock.monotonicNow() - began < .seconds(60) }
        #expect(server.calls.isEmpty)
        #expect(isolation.finding.status == .unknown)
    }

    @Test(arguments: [
        (NetworkFinding.isolated, Phase.queued, Reason.queued), (.open, .failed, .networkPolicyNotEnforced),
        (.unknown("no"), .pending, .networkPolicyUnproven),
    ])
    func aTaskThatRequiresItRunsOnlyWhereItIsShown(finding: NetworkFinding, phase: Phase, reason: Reason) throws {
        let task = Fixture.task {
            var environment = AIOpsTask.Environment()
            environment.requireNetworkIsolation = true
            $0.spec.environment = environment
        }
        let decision = try Fixture.decide(task, network: finding)
        #expect(decision.status.phase == phase)
        #expect(decision.status.conditions.get(.succeeded)?.reason == reason.rawValue)
        #expect((decision.wakeAfter != nil) == (phase == .pending))
        #expect(try Fixture.decide(Fixture.task(), network: finding).status.phase == .queued)
    }
}
