import ControllerRuntime
import Glibc
import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import Lifecycle
import LifecycleTesting
import Primitives
import Telemetry
import Testing

/// Two electors around one in-memory API server, in virtual time.
///
/// All on one thread, so that letting the others run means just that, whatever else the machine does.
@Suite struct LeaderElectionTests {
    private let time = ManualTimeSource()
    private let server: InMemoryAPIServer
    private let key = ObjectKey(namespace: "default", name: "aiops-operator")

    init() { server = InMemoryAPIServer(time: time) }

    private func client(_ time: any TimeSource, _ transport: (any HTTPTransport)? = nil) -> KubernetesClient {
        KubernetesClient(
            configuration: ClientConfiguration(server: "https://memory", tls: TLSConfiguration()),
            transport: transport ?? server, time: time, logger: .disabled, seed: 1)
    }

    private func election(_ identity: String, metrics: MetricsRegistry? = nil) -> LeaderElection {
        LeaderElection(
            key: key, identity: identity, time: time, logger: .disabled, metrics: metrics, seed: 1
        ) { client($0) }
    }

    private func onOneThread(_ body: @Sendable (Stage) async throws -> Void) async throws {
        try await Stage.run(time, body)
    }

    private func holder() throws -> String? { try server.object(Lease.self, key)?.spec.holderIdentity }

    @Test func theStandbyFollowsAReleaseAndTheTokensNeverOverlap() async throws {
        try await onOneThread { stage in
            let metrics = MetricsRegistry()
            let (first, second) = (election("first", metrics: metrics), election("second"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await first.run() }
                let term = try await first.nextTerm()
                #expect(first.token.isValid && term.number == 1)
                #expect(metrics.prometheusText().contains("leader_election_master_status{name=\"aiops-operator\"} 1"))
                group.addTask { try await second.run() }
                try await stage.pass(.seconds(30))
                #expect(first.token.isValid && !second.token.isValid)
                first.workEnded()
                let stopping = time.monotonicNow()
                group.addTask { await first.drain() }
                try await stage.pass(.milliseconds(500)) { second.token.isValid }
                #expect(second.token.isValid && !first.token.isValid, "\(time.monotonicNow() - stopping)")
                #expect(try holder() == "second")
                #expect(metrics.prometheusText().contains("leader_election_master_status{name=\"aiops-operator\"} 0"))
                group.cancelAll()
            }
            // However an election ends, nothing is written after it.
            #expect(!second.token.isValid)
            #expect(try server.object(Lease.self, key)?.spec.leaseTransitions == 1)
        }
    }

    /// Loss ends the term and not the process, and the process leads again once it can.
    @Test func aLostTermIsFollowedByAnotherOfTheSameProcess() async throws {
        try await onOneThread { stage in
            let metrics = MetricsRegistry()
            let election = election("only", metrics: metrics)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await election.run() }
                let term = try await election.nextTerm()
                server.inject(.answer(Status(code: 500, reason: "InternalError", message: "etcd")), times: 12) {
                    $0.type == Lease.resourceType && $0.verb != "watch"
                }
                try await stage.pass(.seconds(20)) { term.lost.isOpen }
                #expect(term.lost.isOpen && !election.token.isValid)
                // Not before its work has ended.
                try await stage.pass(.seconds(30))
                #expect(!election.token.isValid && election.isWell)
                election.workEnded()
                try await stage.pass(.seconds(90)) { election.token.isValid }
                #expect(try await election.nextTerm().number == 2)
                #expect(election.token.isValid)
                group.cancelAll()
            }
            let text = metrics.prometheusText()
            #expect(!text.contains("leader_election_slowpath_total{name=\"aiops-operator\"} 0"))
        }
    }

    /// A race that hangs cannot say that the Lease is lost: the clock says it.
    @Test func aRightThatRanOutUnsaidIsAReasonToRestart() {
        let election = election("only")
        #expect(election.isWell && election.token.overrun == nil)
        election.token.extend(until: time.monotonicNow() + .seconds(10))
        time.advance(by: .seconds(25))
        #expect(election.isWell && election.token.overrun == .seconds(15))
        time.advance(by: .milliseconds(1))
        #expect(!election.isWell)
        election.token.revoke()
        #expect(election.isWell && election.token.overrun == nil)
    }

    /// A lost term whose work does not end is a reason as well, but not before the Lease has run out several times.
    @Test func workThatDoesNotEndWithItsTermIsAReasonToRestart() async throws {
        try await onOneThread { stage in
            let election = election("only")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await election.run() }
                let term = try await election.nextTerm()
                server.inject(.answer(Status(code: 500, reason: "InternalError", message: "etcd")), times: 12) {
                    $0.type == Lease.resourceType && $0.verb != "watch"
                }
                try await stage.pass(.seconds(20)) { term.lost.isOpen }
                try await stage.pass(.seconds(59))
                #expect(election.isWell)
                try await stage.pass(.seconds(2))
                #expect(!election.isWell)
                election.workEnded()
                #expect(election.isWell)
                group.cancelAll()
            }
        }
    }

    /// Without a watch the Lease is only taken later; a server in need is left alone as long as it asks.
    @Test func aThrottledWatchOfTheLeaseComesBackWhenItIsTold() async throws {
        try await onOneThread { stage in
            let election = election("only")
            let details = StatusDetails(retryAfterSeconds: 40)
            server.inject(.answer(Status(code: 429, reason: "TooManyRequests", details: details))) {
                $0.type == Lease.resourceType && $0.verb == "watch"
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await election.run() }
                _ = try await election.nextTerm()
                try await stage.pass(.seconds(39))
                #expect(watches == 1 && election.token.isValid)
                try await stage.pass(.seconds(2))
                #expect(watches == 2 && election.token.isValid)
                group.cancelAll()
            }
        }
    }

    private var watches: Int { server.calls.count { $0.verb == "watch" && $0.type == Lease.resourceType } }

    /// 429 with a time to wait, 503 and lost replies on the Lease: it is kept.
    @Test(arguments: [
        APIFault.answer(Status(code: 429, reason: "TooManyRequests", message: "later")),
        .answer(Status(code: 503, reason: "ServiceUnavailable", message: "etcd")),
        .loseReply(.reset(bytesSeen: false, "cut")), .lose(.connect("refused")),
    ])
    func troubleShorterThanTheDeadlineDoesNotCostTheLease(_ fault: APIFault) async throws {
        try await onOneThread { stage in
            let election = election("only")
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await election.run() }
                let term = try await election.nextTerm()
                for _ in 0..<6 {
                    server.inject(fault, times: 2) { $0.type == Lease.resourceType && $0.verb == "patch" }
                    try await stage.pass(.seconds(7))
                    #expect(!term.lost.isOpen && election.token.isValid)
                }
                group.cancelAll()
            }
        }
    }

    /// Nothing of a renewal waits for the cooperative pool: here every thread of it is blocked until ten have gone through.
    @Test(.timeLimit(.minutes(1))) func renewalsGoOnWhileThePoolIsBlocked() async throws {
        let clock = SystemTimeSource()
        let server = InMemoryAPIServer(time: clock)
        let election = LeaderElection(
            key: key, identity: "only",
            timings: try LeaseTimings(
                duration: .seconds(6), renewDeadline: .seconds(5), retryPeriod: .milliseconds(20)), logger: .disabled
        ) { client($0, server) }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await election.run()
                return true
            }
            let term = try await election.nextTerm()
            let before = server.writes.count
            for _ in 0..<sysconf(Int32(_SC_NPROCESSORS_ONLN)) * 2 {
                group.addTask {
                    let limit = clock.monotonicNow() + .seconds(10)
                    while server.writes.count < before + 10 {
                        guard clock.monotonicNow() < limit else { return false }
                        usleep(1_000)
                    }
                    return true
                }
            }
            #expect(try await group.next() == true)
            #expect(election.token.isValid && !term.lost.isOpen)
            group.cancelAll()
        }
    }

    /// A plugin that takes four times what a renewal may wait is run before the Lease and beside it.
    @Test func aSlowPluginDoesNotCostTheLease() async throws {
        try await onOneThread { stage in
            let plugin = SlowPlugin(takes: .seconds(20), life: .seconds(300), time: time)
            let configuration = ClientConfiguration(
                server: "https://memory", tls: TLSConfiguration(), credential: .exec(SlowPlugin.declared))
            let identity = IdentitySource(configuration, launcher: plugin, time: time, logger: .disabled)
            let transport = GuardedTransport(server, accepts: { plugin.accepts($0) })
            let election = LeaderElection(key: key, identity: "only", time: time, logger: .disabled, seed: 1) {
                KubernetesClient(
                    configuration: configuration, identity: identity, transport: transport, time: $0,
                    logger: .disabled, seed: 1)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await identity.run() }
                group.addTask { try await election.run() }
                try await stage.pass(.seconds(40)) { election.token.isValid }
                let term = try await election.nextTerm()
                for _ in 0..<120 {
                    try await stage.pass(.seconds(10))
                    #expect(election.token.isValid && !term.lost.isOpen, "\(time.monotonicNow())")
                }
                // Each is replaced two minutes before its end, by a run of twenty seconds.
                #expect((7...8).contains(plugin.runs), "\(plugin.runs)")
                group.cancelAll()
            }
        }
    }

    private static func isRefused(_ body: () async throws -> Void) async throws -> Bool {
        do {
            try await body()
            return false
        } catch let error as KubernetesError {
            return error.isCancelled
        }
    }

    /// Nothing but reads leaves without the token, and the token is looked at anew each time.
    @Test func writesNeedTheTokenAndReadsDoNot() async throws {
        let token = WriteToken(time: time)
        let permitted = client(time, PermittedTransport(server, permit: token))
        let map = ConfigMap(metadata: ObjectMeta(name: "m", namespace: "default"))
        let create: @Sendable () async throws -> Void = { _ = try await permitted.create(map) }
        let patch: @Sendable () async throws -> Void = {
            _ = try await permitted.patch(ConfigMap.self, map.key, .merge(["data": ["a": "b"]]))
        }
        let delete: @Sendable () async throws -> Void = {
            try await permitted.delete(.configMaps, map.key, DeleteOptions(uid: "u"))
        }
        for attempt in [create, patch, delete] { #expect(try await Self.isRefused(attempt)) }
        #expect(server.writes.isEmpty)
        _ = try await permitted.list(ConfigMap.self)
        token.extend(until: time.monotonicNow() + .seconds(10))
        #expect(try await !Self.isRefused(create))
        time.advance(by: .seconds(10))
        #expect(try await Self.isRefused(patch))
        token.extend(until: time.monotonicNow() + .seconds(10))
        token.revoke()
        #expect(try await Self.isRefused(patch))
        #expect(server.writes.count == 1)
    }

    /// An operator of another namespace is found by its renewals, not by the time it writes.
    @Test(arguments: [true, false]) func aRivalIsOneThatIsSeenToLive(lives: Bool) async throws {
        try await onOneThread { stage in
            server.addNamespace("elsewhere")
            let other = ObjectKey(namespace: "elsewhere", name: "aiops-operator")
            // Its clock is an hour behind, or it died a second ago: the time in the Lease tells neither.
            let written = lives ? time.wallNow() - .seconds(3_600) : time.wallNow() - .seconds(1)
            server.put(
                Lease(
                    metadata: ObjectMeta(name: other.name, namespace: other.namespace),
                    spec: LeaseSpec(holderIdentity: "them", leaseDurationSeconds: 15, renewTime: written)))
            let search = RivalSearch(client: client(time), time: time, logger: .disabled)
            try await withThrowingTaskGroup(of: RivalSearch.Rival?.self) { group in
                group.addTask { try await search.find(name: "aiops-operator", besides: "default") }
                try await stage.pass(.seconds(2))
                if lives {
                    server.modify(Lease.resourceType, other) {
                        $0["spec", "renewTime"] = .string((written + .seconds(2)).rfc3339Micro)
                    }
                }
                try await stage.pass(.seconds(20))
                let rival = try await group.next() ?? nil
                #expect(rival == (lives ? RivalSearch.Rival(key: other, holder: "them") : nil))
            }
            #expect(try await search.find(name: "another-name", besides: nil) == nil)
            #expect(try await search.find(name: "aiops-operator", besides: "elsewhere") == nil)
        }
    }
}
