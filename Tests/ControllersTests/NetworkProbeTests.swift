import Controllers
import Environments
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import Primitives
import SchedulingTesting
import Testing

@Suite(.ownThread, .timeLimit(.minutes(1)))
struct NetworkProbeTests {
    private static let namespace = ObjectKey(name: "aiops-network-probe")
    private let time = PollingTime()
    private let server: InMemoryAPIServer
    private let probe: NetworkProbe

    init() {
        server = InMemoryAPIServer(time: time)
        server.simulateWorkloads()
        probe = NetworkProbe(client: Bench.client(server, time), images: ImageSet(), time: time)
    }

    /// Calls go through while `isOpen` says so, told how often it was called under the policy; -1 without one.
    private func connect(_ isOpen: @escaping @Sendable (_ underPolicy: Int) -> Bool) {
        let calls = Locked(-1)
        server.serveExec { [server] _ in
            let underPolicy = calls.withLock { calls in
                if !server.objects(.networkPolicies).isEmpty { calls += 1 }
                return calls
            }
            return InMemoryExec.Outcome(exitCode: isOpen(underPolicy) ? 0 : 7)
        }
    }

    @Test func aCallThatThePolicyStopsShowsIsolation() async {
        connect { $0 < 0 }
        #expect(await probe.prove() == .isolated)
        #expect(server.object(.namespaces, Self.namespace) == nil)
    }

    /// A plug-in needs a moment to bring a policy to its nodes.
    @Test func whatIsStoppedInTheEndIsIsolated() async {
        connect { $0 < 1 }
        #expect(await probe.prove() == .isolated)
    }

    @Test func aCallThatGoesThroughAllTheSameShowsThatNobodyHeedsIt() async {
        let began = time.monotonicNow()
        connect { _ in true }
        #expect(await probe.prove() == .open)
        #expect(time.monotonicNow() - began < .seconds(60))
        #expect(server.object(.namespaces, Self.namespace) == nil)
    }

    /// Who never reached anybody has not been stopped by a policy.
    @Test func withoutACallBeforeThereIsNoFinding() async {
        connect { _ in false }
        let finding = await probe.prove()
        guard case .unknown = finding else {
            Issue.record("found \(finding)")
            return
        }
        #expect(server.writes.allSatisfy { $0.type != .networkPolicies })
        #expect(server.object(.namespaces, Self.namespace) == nil)
    }

    @Test func podsThatDoNotStartAreNoFinding() async {
        let server = InMemoryAPIServer(time: time)
        let finding = await NetworkProbe(client: Bench.client(server, time), images: ImageSet(), time: time).prove()
        guard case .unknown(let why) = finding else {
            Issue.record("found \(finding)")
            return
        }
        #expect(why.contains("pod listener"), "\(why)")
        #expect(server.object(.namespaces, Self.namespace) == nil)
    }

    /// What a crash has left goes first: its policy would stop the first call.
    @Test func whatACrashHasLeftGoesFirst() async {
        connect { $0 < 0 }
        server.put(
            .namespaces, ["metadata": ["name": "aiops-network-probe", "labels": ["aiops.dev/probe": "network"]]])
        server.put(.networkPolicies, ["metadata": ["name": "deny-all", "namespace": "aiops-network-probe"]])
        #expect(await probe.prove() == .isolated)
        #expect(server.object(.namespaces, Self.namespace) == nil)
    }

    @Test func aNamespaceOfSomebodyElseIsLeftAlone() async {
        connect { $0 < 0 }
        server.put(.namespaces, ["metadata": ["name": "aiops-network-probe"]])
        let finding = await probe.prove()
        #expect(finding.status == .unknown && finding.message.contains("rename or delete it"))
        #expect(server.object(.namespaces, Self.namespace) != nil)
        #expect(server.writes.isEmpty)
    }
}
