import AIOpsAPI
import Controllers
import Environments
import EnvironmentsTesting
import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import Primitives
import SchedulingTesting
import SimulationTesting
import Testing

/// Whole runs whose environment is a cluster of its own, by as many processes as it takes.
///
/// Its limit is for a machine that has everything else to do first: whole runs take what time the tests on real pods leave.
@Suite(.ownThread, .timeLimit(.minutes(30))) struct KindCrashTests {
    /// One task, its home and its cluster, and what was seen of the inventory whenever a cluster was made.
    private struct Stage: Sendable {
        let rehearsal = Rehearsal(.detection) {
            var environment = AIOpsTask.Environment()
            environment.type = .kind
            $0.spec.environment = environment
        }
        let player = KindPlayer()
        let cluster: ShopCluster
        let unannounced = Locked<[String]>([])

        init() {
            let (rehearsal, unannounced) = (rehearsal, unannounced)
            let cluster = ShopCluster(time: rehearsal.time)
            self.cluster = cluster
            rehearsal.server.put(.namespaces, ["metadata": ["name": "kube-system", "uid": "uid-of-home"]])
            let home = Bench.client(rehearsal.server, rehearsal.time)
            rehearsal.kind.withLock {
                $0 = KindHost(
                    clusters: KindClusters(settings: KindSettings(), launcher: player, time: rehearsal.time),
                    home: HomeCluster(client: home)
                ) { _ throws(KubernetesError) in Bench.client(cluster.server, rehearsal.time) }
            }
            player.state.withLock {
                $0.whenCreating = { name in
                    let task = try? rehearsal.task()
                    let names = task?.status.environment?.inventory.map(\.name) ?? []
                    if !names.contains(name) { unannounced.withLock { $0.append(name) } }
                }
            }
        }

        func creates() -> Int { player.commands.filter { $0 == "create cluster" }.count }

        /// All that holds at the end, however it was reached.
        func verify() throws {
            let status = try #require(try rehearsal.task()).status
            #expect(status.result?.verdict == .passed && status.conditions.isTrue(.cleanedUp))
            #expect(player.clusters.isEmpty, "a cluster is left")
            #expect(rehearsal.server.objects(Secret.resourceType).isEmpty, "a kubeconfig is left")
            #expect(unannounced.withLock { $0 } == [], "made before it was in the inventory")
            #expect(rehearsal.namespacesMade == 1, "something was made at home")
        }
    }

    @Test func theApplicationAndTheAgentAreInsideTheCluster() async throws {
        let stage = Stage()
        try await stage.rehearsal.perform()
        try stage.verify()
        #expect(stage.creates() == 1)
        let made = stage.cluster.server.writes.filter { $0.verb == "create" }
        #expect(made.contains { $0.type == .pods } && made.contains { $0.type == .namespaces })
        #expect(try stage.rehearsal.task()?.status.environment?.type == .kind)
    }

    /// Also where the reply alone is lost with the process.
    @Test(arguments: [true, false]) func aDeathAtAnyWriteLeavesNothingAndLosesNothing(_ isAfter: Bool) async throws {
        let clean = Stage()
        let writes = try await clean.rehearsal.perform()
        for number in 1...writes {
            let stage = Stage()
            try await stage.rehearsal.perform(isAfter ? .deathAfter(.number(number)) : .deathBefore(.number(number)))
            try stage.verify()
            #expect(stage.creates() <= 2)
        }
    }

    @Test func aClusterThatIsTakenAwayEndsTheRunAsLost() async throws {
        let stage = Stage()
        let (player, cluster) = (stage.player, stage.cluster)
        stage.rehearsal.server.react(to: LLMConversation.resourceType) { _, _ in
            player.state.withLock { $0.clusters = [] }
            cluster.server.inject(.lose(.connect("refused")), times: .max) { _ in true }
        }
        try await stage.rehearsal.perform()
        let status = try #require(try stage.rehearsal.task()).status
        #expect(status.conditions.get(.succeeded)?.reason == Reason.environmentLost.rawValue)
        #expect(status.conditions.isTrue(.cleanedUp))
    }
}
