import Environments
import EnvironmentsTesting
import LifecycleTesting
import Primitives
import Processes
import SchedulingTesting
import Testing

@Suite(.ownThread, .timeLimit(.minutes(1))) struct KindClustersTests {
    private let time = ManualTimeSource()
    private let player = KindPlayer()
    private let clusters: KindClusters

    init() {
        clusters = KindClusters(
            settings: KindSettings(program: "/opt/kind", environment: ["PATH": "/bin"], mostCreates: 2),
            launcher: player,
            time: time)
    }

    private static func order(_ uid: String = "uid-1", workers: Int = 0) -> KindOrder {
        KindOrder(
            name: KindClusterName(pool: "p", taskUID: uid, attempt: 1, home: "home"), nodeImage: "node:v1",
            workers: workers)
    }

    @Test func aClusterIsMadeAndToldOf() async throws {
        let told = Locked<[String]>([])
        let order = Self.order(workers: 1)
        let kubeconfig = try await clusters.create(order) { step in told.withLock { $0.append(step) } }
        #expect(kubeconfig == "kubeconfig of \(order.name)")
        #expect(told.withLock { $0 } == ["preparing nodes"])
        #expect(player.clusters == [order.name.text])
        let request = try #require(player.state.withLock { $0.started.first })
        #expect(request.program == "/opt/kind" && request.environment == ["PATH": "/bin"])
        #expect(request.arguments.starts(with: ["create", "cluster", "--name", order.name.text, "--config", "-"]))
        #expect(request.arguments.contains("node:v1"))
        #expect(String(decoding: request.input, as: UTF8.self).contains("worker"))
    }

    /// Whoever runs the operator by hand has clusters of his own in `~/.kube/config`.
    @Test func theUsersOwnKubeconfigIsNeverTouched() async throws {
        _ = try await clusters.create(Self.order()) { _ in }
        try await clusters.delete(Self.order().name)
        for request in player.state.withLock({ $0.started }) where ["create", "delete"].contains(request.arguments[0]) {
            let index = try #require(request.arguments.firstIndex(of: "--kubeconfig"))
            #expect(request.arguments[index + 1].hasPrefix("/tmp/aiops-kind-"))
        }
    }

    @Test(arguments: [
        KindPlayer.Mishap.failsHalfway("failed to init node with kubeadm: no"), .timesOut,
        .failsHalfway("failed to write: no space left on device"), .failsHalfway("who knows"),
    ])
    func whatWasHalfMadeIsDeleted(_ mishap: KindPlayer.Mishap) async {
        player.next("create cluster", mishap)
        await #expect(throws: KindError.self) { try await clusters.create(Self.order()) { _ in } }
        #expect(player.clusters.isEmpty)
    }

    /// One that is there under the name was not made by this create.
    @Test func whatWasThereBeforeIsLeftAlone() async {
        player.put(Self.order().name.text)
        let words = "failed to create cluster: node(s) already exist for a cluster with the name \"x\""
        player.next("create cluster", .fails(words))
        await #expect(throws: KindError.failed(.create, .nameTaken, detail: words)) {
            try await clusters.create(Self.order()) { _ in }
        }
        #expect(player.clusters.count == 1)
    }

    @Test func neverMoreAreMadeAtATimeThanTheSettingsAllow() async throws {
        player.state.withLock { $0.isHeld = true }
        let told = Locked(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<6 {
                group.addTask {
                    _ = try await clusters.create(Self.order("uid-\(number)")) { step in
                        if step.hasPrefix("waiting") { told.withLock { $0 += 1 } }
                    }
                }
            }
            for _ in 0..<100_000 where told.withLock({ $0 }) < 4 || player.state.withLock({ $0.creating }) < 2 {
                await Task.yield()
            }
            player.state.withLock { $0.isHeld = false }
            try await group.waitForAll()
        }
        #expect(player.state.withLock { $0.mostCreating } == 2)
        #expect(player.clusters.count == 6)
    }

    /// Whoever waits for a turn and is cancelled leaves it to others, as does a create that is cancelled.
    @Test func aCancelledCreateGivesItsTurnAway() async throws {
        for _ in 0..<2 { player.next("create cluster", .hangs) }
        await withTaskGroup(of: KindError?.self) { group in
            for number in 0..<4 {
                group.addTask {
                    do throws(KindError) {
                        _ = try await clusters.create(Self.order("uid-\(number)")) { _ in }
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            for _ in 0..<100_000 where player.state.withLock({ $0.creating }) < 2 { await Task.yield() }
            group.cancelAll()
            for await error in group { #expect(error == .cancelled) }
        }
        _ = try await clusters.create(Self.order("uid-9")) { _ in }
    }

    // MARK: Findings

    @Test func allIsWell() async { #expect(await clusters.finding() == .ready(KindVersion(major: 0, minor: 27))) }

    @Test func aProgramThatIsNotThereIsSaid() async {
        player.next("version", .notFound)
        guard case .unable(.program(.version, .notFound)) = await clusters.finding() else {
            Issue.record("not noticed")
            return
        }
    }

    @Test(arguments: ["kind v0.9.0 go1.15", "docker 26", ""]) func anotherVersionIsSaid(_ version: String) async {
        player.state.withLock { $0.version = version }
        #expect(await clusters.finding() == .unable(.unsupportedVersion(version)))
    }

    @Test func anEngineThatIsAwayIsAskedAgain() async {
        let words = "failed to list clusters: Cannot connect to the Docker daemon at unix:///x"
        player.next("get clusters", .fails(words))
        #expect(await clusters.finding() == .unable(.failed(.list, .noEngine, detail: words)))
        #expect(await clusters.finding().isReady == false)
        time.advance(by: KindClusters.patience)
        #expect(await clusters.finding().isReady)
        let asked = player.commands.count
        time.advance(by: KindClusters.lifetime - .seconds(1))
        #expect(await clusters.finding().isReady && player.commands.count == asked)
        time.advance(by: .seconds(1))
        #expect(await clusters.finding().isReady && player.commands.count > asked)
    }
}
