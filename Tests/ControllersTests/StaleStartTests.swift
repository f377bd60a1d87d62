import AIOpsAPI
import Controllers
import JSON
import KubernetesModel
import KubernetesTesting
import Primitives
import SchedulingTesting
import SimulationTesting
import Testing

/// A run that is begun on what a cache that is behind shows, at moments at which nothing is left to write before something is
/// made: no write would be refused, so what was made for a task that is gone would stay.
@Suite(.ownThread, .timeLimit(.minutes(1))) struct StaleStartTests {
    enum Moment: String, Sendable, CaseIterable {
        /// The inventory is written, and no namespace made.
        case beforeTheEnvironment
        /// How the run ends is decided, and its conversation to be sealed.
        case beforeTheSeal

        func matches(_ write: APICall) -> Bool {
            switch self {
            case .beforeTheEnvironment: write.type == .namespaces && write.verb == "create"
            case .beforeTheSeal: write.type == .configMaps && write.body.text.contains("-segment-")
            }
        }
    }

    enum Truth: String, Sendable, CaseIterable {
        case asShown, gone, beingDeleted, finished, givenAway, madeAnew
    }

    @Test(arguments: Moment.allCases, Truth.allCases)
    func aRunMakesNothingForATaskThatIsNotAsTheCacheShowsIt(moment: Moment, truth: Truth) async throws {
        let run = Rehearsal(.detection)
        let first = try run.process("aaaaa", event: .deathBefore(.first(moment.matches)))
        #expect(try await first.work(until: run.isOver))
        #expect(first.link.isDead)
        let shown = try #require(try run.task())
        let writes = run.server.writes.count
        become(truth, shown, in: run.server)

        // Of the same session, as after a run that was interrupted.
        let process = try run.process("aaaaa")
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await process.host.run() }
            #expect(process.host.look(at: shown) == nil)
            while process.host.isRunning(uid: shown.metadata.uid), !Task.isCancelled { await Task.yield() }
            group.cancelAll()
        }
        guard truth != .asShown else {
            #expect(try run.task()?.status.phase == .succeeded)
            return #expect(run.namespacesMade == 2)
        }
        // What is left of a task that is gone is taken down.
        #expect(run.server.writes.dropFirst(writes).allSatisfy { $0.verb == "delete" })
    }

    private func become(_ truth: Truth, _ shown: AIOpsTask, in server: InMemoryAPIServer) {
        var task = shown
        switch truth {
        case .asShown: return
        case .gone: return server.remove(AIOpsTask.resourceType, task.key)
        case .beingDeleted: return server.ask(toDelete: AIOpsTask.resourceType, task.key)
        case .finished: task.status.phase = .failed
        case .givenAway: task.status.claim = Bench.claim("demo/default-bbbbb-0", epoch: 2)
        case .madeAnew:
            server.remove(AIOpsTask.resourceType, task.key)
            task.metadata.uid = ""
        }
        task.metadata.resourceVersion = ""
        server.put(task)
    }
}
