import AIOpsAPI
import Controllers
import Environments
import EnvironmentsTesting
import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import Processes
import Telemetry
import Testing

/// Kind as tasks and pools meet it: whether it is there, and what is left of it.
@Suite struct KindPoolTests {
    private let bench = Bench()
    private let player = KindPlayer()
    private let host: KindHost
    private static let home = "uid-of-home"

    init() {
        bench.server.put(.namespaces, ["metadata": ["name": "kube-system", "uid": .string(Self.home)]])
        let client = bench.client
        host = KindHost(
            clusters: KindClusters(settings: KindSettings(), launcher: player, time: bench.time),
            home: HomeCluster(client: client)
        ) { _ throws(KubernetesError) in client }
    }

    // MARK: Admission

    private static let noEngine = KindError.failed(.list, .noEngine, detail: "is the docker daemon running?")

    @Test(arguments: [
        (KindFinding.ready(KindVersion(major: 0, minor: 27)), Phase.queued, Reason.queued),
        (.notConfigured, .pending, .kindUnavailable), (.unable(noEngine), .pending, .containerEngineUnavailable),
        (.unable(.unsupportedVersion("kind v0.1")), .pending, .kindVersionUnsupported),
        (.unable(.program(.version, .notFound(program: "kind", path: nil))), .pending, .kindUnavailable),
    ])
    func aTaskWaitsUntilClustersCanBeMade(_ finding: KindFinding, _ phase: Phase, _ reason: Reason) throws {
        let task = Fixture.task {
            var environment = AIOpsTask.Environment()
            environment.type = .kind
            $0.spec.environment = environment
        }
        let decision = try Fixture.decide(task, kind: finding)
        #expect(decision.status.phase == phase)
        #expect(decision.status.conditions.get(.succeeded)?.reason == reason.rawValue)
        #expect((decision.wakeAfter != nil) == (phase == .pending))
        // Others do not care.
        #expect(try Fixture.decide(Fixture.task(), kind: nil).status.phase == .queued)
    }

    @Test func onlyAPoolWithKindSaysWhetherItIsThere() {
        var spec = WorkerPool.Spec()
        #expect(!spec.usesKind && spec.complaintAboutKind == nil)
        spec.environments = WorkerPool.Environments()
        spec.environments?.kind = WorkerPool.KindDefaults()
        spec.environments?.kind?.config = "- a list"
        #expect(spec.usesKind)
        #expect(spec.complaintAboutKind?.contains("spec.environments.kind.config") == true)
    }

    // MARK: Sweep

    private func sweeper(seen: String = "") -> KindSweeper {
        KindSweeper(host: host, client: bench.client, seenVersion: { seen }, time: bench.time, logger: .disabled)
    }

    private func put(_ uid: String, home: String = home) -> String {
        let name = KindClusterName(pool: "default", taskUID: uid, attempt: 1, home: home).text
        player.put(name)
        return name
    }

    @Test func clustersThatNobodyAsksForAreDeletedAndNoOthers() async throws {
        let running = try bench.store(Fixture.task("a", phase: .running))
        let finished = try bench.store(Fixture.task("b", phase: .succeeded))
        let cleaned = try bench.store(
            Fixture.task("c", phase: .succeeded) {
                $0.status.mark(.cleanedUp, .true, .done, "gone", generation: 1, now: Fixture.now)
            })
        let kept = [put(running.metadata.uid), put(finished.metadata.uid), put("gone", home: "elsewhere"), "kind"]
        player.put("kind")
        _ = (put(cleaned.metadata.uid), put("gone"))
        #expect(try await sweeper().sweep())
        #expect(player.clusters == Set(kept))
    }

    @Test func whatCannotBeReadDeletesNothing() async throws {
        let name = put("gone")
        bench.server.inject(.lose(.connect("refused")), times: .max) { $0.type == AIOpsTask.resourceType }
        await #expect(throws: EnvironmentError.self) { try await sweeper().sweep() }
        #expect(player.clusters == [name])
    }

    @Test func anOldListOfTasksDeletesNothing() async throws {
        let name = put("gone")
        #expect(try await !sweeper(seen: "999999999").sweep())
        #expect(player.clusters == [name])
        #expect(try await sweeper().sweep())
        #expect(player.clusters.isEmpty)
    }

    // MARK: Release

    @Test func aTasksClusterIsReleasedByItsInventory() async throws {
        var task = try bench.store(Fixture.task("a", phase: .failed))
        let name = put(task.metadata.uid)
        var environment = AIOpsTask.EnvironmentState()
        environment.type = .kind
        var entry = AIOpsTask.InventoryEntry()
        (entry.apiVersion, entry.kind, entry.name) = ("kind.x-k8s.io/v1alpha4", "Cluster", name)
        environment.inventory = [entry]
        task.status.environment = environment
        let releaser = EnvironmentReleaser(
            task: task, client: bench.client, kind: host, time: bench.time, redact: { $0 })
        #expect(try await releaser.release() == .gone)
        #expect(player.clusters.isEmpty)
    }
}
