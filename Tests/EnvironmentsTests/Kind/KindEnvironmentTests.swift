import Environments
import EnvironmentsTesting
import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import LifecycleTesting
import Primitives
import SchedulingTesting
import Testing

@Suite(.ownThread, .timeLimit(.minutes(1))) struct KindEnvironmentTests {
    private let time = ManualTimeSource()
    private let server: InMemoryAPIServer
    private let client: KubernetesClient
    private let player = KindPlayer()
    private let host: KindHost
    private let connected = Locked<[String]>([])
    private static let home = "uid-of-home"
    private static let name = KindClusterName(pool: "p", taskUID: "uid-1", attempt: 1, home: home)

    init() {
        server = InMemoryAPIServer(time: time)
        server.put(.namespaces, ["metadata": ["name": "kube-system", "uid": .string(Self.home)]])
        server.put(.namespaces, ["metadata": ["name": "demo"]])
        let client = TestClient.make(server, time)
        self.client = client
        let connected = connected
        host = KindHost(
            clusters: KindClusters(settings: KindSettings(), launcher: player, time: time),
            home: HomeCluster(client: client)
        ) { kubeconfig throws(KubernetesError) in
            connected.withLock { $0.append(kubeconfig) }
            return client
        }
    }

    private var record: KubeconfigRecord {
        KubeconfigRecord(namespace: "demo", taskUID: "uid-1", attempt: 1, owner: nil, client: client)
    }

    private var environment: KindEnvironment {
        KindEnvironment(order: KindOrder(name: Self.name), host: host, record: record)
    }

    private var inventory: [InventoryItem] { environment.inventory }

    private func release(_ items: [InventoryItem]? = nil, uid: String = "uid-1") async throws -> ReleaseOutcome {
        try await KindRelease(host: host, client: client, taskUID: uid, inventory: items ?? inventory).release()
    }

    private var kubeconfig: String? {
        get throws { try server.object(Secret.self, record.key)?.text("kubeconfig") }
    }

    @Test func aClusterIsMadeOnceAndTakenOver() async throws {
        _ = try await environment.provide { _ in }
        #expect(try kubeconfig == "kubeconfig of \(Self.name)")
        _ = try await environment.provide { _ in }
        #expect(player.commands.filter { $0 == "create cluster" }.count == 1)
        #expect(connected.withLock { $0 }.allSatisfy { $0 == "kubeconfig of \(Self.name)" })
    }

    @Test func oneThatWasHalfMadeIsMadeAnew() async throws {
        player.put(Self.name.text)
        _ = try await environment.provide { _ in }
        #expect(
            player.commands.filter { $0 == "delete cluster" || $0 == "create cluster" } == [
                "delete cluster", "create cluster",
            ])
        #expect(try kubeconfig != nil)
    }

    @Test func aRecordWithoutItsClusterIsForgotten() async throws {
        _ = try await environment.provide { _ in }
        player.state.withLock { $0.clusters = [] }
        #expect(try await environment.loss() == "Kind cluster \(Self.name) was deleted")
        _ = try await environment.provide { _ in }
        #expect(player.clusters == [Self.name.text])
        #expect(try await environment.loss() == nil)
    }

    /// What is written down after the cluster was made fails; the next process makes it anew or finds the record.
    @Test(arguments: [true, false]) func continuesAfterACrashAtTheRecord(_ isReplyLost: Bool) async throws {
        server.inject(isReplyLost ? .loseReply(.cancelled) : .lose(.cancelled)) {
            $0.type == Secret.resourceType && $0.isWrite
        }
        await #expect(throws: EnvironmentError.self) { _ = try await environment.provide { _ in } }
        _ = try await environment.provide { _ in }
        #expect(player.commands.filter { $0 == "create cluster" }.count == (isReplyLost ? 1 : 2))
        #expect(try kubeconfig != nil)
    }

    @Test func aSecretOfSomebodyElseIsNotTaken() async throws {
        server.put(
            Secret.resourceType,
            [
                "metadata": [
                    "name": .string(record.key.name), "namespace": "demo", "labels": ["aiops.dev/uid": "uid-2"],
                ],
                "data": ["kubeconfig": "YQ=="],
            ])
        player.put(Self.name.text)
        await #expect(throws: EnvironmentError.self) { _ = try await environment.provide { _ in } }
        #expect(connected.withLock { $0 } == ["kubeconfig of \(Self.name)"])
        #expect(try kubeconfig == "a")
    }

    // MARK: Release

    @Test func allOfItGoesAndASecondTimeIsAsGood() async throws {
        _ = try await environment.provide { _ in }
        player.put("kind")
        #expect(try await release() == .gone)
        #expect(player.clusters == ["kind"])
        #expect(try kubeconfig == nil)
        #expect(try await release() == .gone)
    }

    @Test(arguments: [
        "kind", "production", KindClusterName(pool: "p", taskUID: "uid-2", attempt: 1, home: home).text,
        KindClusterName(pool: "p", taskUID: "uid-1", attempt: 1, home: "elsewhere").text,
    ])
    func aClusterOfSomebodyElseIsLeftAloneWhateverTheInventorySays(_ name: String) async throws {
        player.put(name)
        await #expect {
            _ = try await release([InventoryItem(cluster: name)])
        } throws: { error in
            guard case .kind(.foreignCluster(name))? = error as? EnvironmentError else { return false }
            return true
        }
        #expect(player.clusters == [name])
    }

    @Test func oneThatDoesNotGoIsReported() async throws {
        _ = try await environment.provide { _ in }
        // kind says that it is well, and the engine has it still.
        player.next("delete cluster", .failsHalfway("the engine is stubborn"))
        await #expect(throws: EnvironmentError.self) { _ = try await release() }
        #expect(try kubeconfig == nil, "somebody could take it over on its way out")
        #expect(try await release() == .gone)
    }

    @Test func withoutKindItIsSaidAndTriedAgain() async {
        await #expect {
            _ = try await KindRelease(host: nil, client: client, taskUID: "uid-1", inventory: inventory).release()
        } throws: { error in
            (error as? EnvironmentError)?.isRetryable == true
        }
    }

    // MARK: Sweep

    @Test func onlyClustersOfTasksThatAreGoneAreLeftBehind() {
        let mine = (1...3).map { KindClusterName(pool: "p", taskUID: "uid-\($0)", attempt: $0, home: Self.home) }
        let foreign = KindClusterName(pool: "p", taskUID: "uid-9", attempt: 1, home: "elsewhere")
        let found = mine.map(\.text) + [foreign.text, "kind", "aiops-p", "aiops-mine-0123456789abcdef"]
        #expect(KindSweep.leftBehind(found, tasks: ["uid-1", "uid-3"], home: Self.home) == [mine[1]])
        #expect(KindSweep.leftBehind(found, tasks: [], home: Self.home).count == 3)
        #expect(KindSweep.leftBehind(found, tasks: ["uid-1", "uid-2", "uid-3"], home: Self.home).isEmpty)
    }
}
