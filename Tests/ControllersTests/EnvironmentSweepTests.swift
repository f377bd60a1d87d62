import AIOpsAPI
import Controllers
import Environments
import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import LifecycleTesting
import Telemetry
import Testing

/// Namespaces whose task is gone are deleted, and no others.
@Suite struct EnvironmentSweepTests {
    private let bench = Bench()
    private var sweeper: EnvironmentSweeper {
        EnvironmentSweeper(client: bench.client, seenVersion: { "" }, time: bench.time, logger: .disabled)
    }

    private func namespace(_ name: String, uid: String?) {
        var labels: JSONObject = [:]
        if let uid { labels[EnvironmentNames.uidLabel] = .string(uid) }
        bench.server.put(
            .namespaces,
            ["metadata": ["name": .string(name), "labels": .object(labels)], "status": ["phase": "Active"]])
    }

    private func names() -> Set<String> {
        Set(bench.server.objects(.namespaces).compactMap { $0["metadata", "name"]?.stringValue })
            .subtracting(["demo", "default"])
    }

    @Test func onlyNamespacesOfTasksThatAreGoneAreDeleted() async throws {
        let living = try bench.store(Fixture.task("living"))
        // In whatever phase: it is still the task's own business.
        let ended = try bench.store(Fixture.task("ended", phase: .succeeded))
        let gone = EnvironmentNames(taskUID: "gone", attempt: 3)
        for name in gone.all { namespace(name, uid: "gone") }
        var kept: Set<String> = []
        for task in [living, ended] {
            for name in EnvironmentNames(taskUID: task.metadata.uid, attempt: 1).all {
                namespace(name, uid: task.metadata.uid)
                kept.insert(name)
            }
        }
        // Somebody's own, though it carries our label: the name does not follow from the uid.
        namespace("shop", uid: "gone")
        namespace("env-0123456789ab", uid: "gone")
        namespace("env-ba9876543210", uid: nil)
        kept.formUnion(["shop", "env-0123456789ab", "env-ba9876543210"])
        try await sweeper.sweep()
        #expect(names() == kept)
        let deletions = bench.server.writes.filter { $0.verb == "delete" }
        #expect(deletions.count == 2)
        #expect(deletions.allSatisfy { $0.body["preconditions", "uid"] != nil })
        bench.server.forgetCalls()
        try await sweeper.sweep()
        #expect(bench.server.writes.isEmpty)
    }

    /// A task that is made between the two lists has no namespace in the first; the other way round it would be taken for
    /// gone.
    @Test func tasksAreReadAfterTheNamespacesAndNeverFromACache() async throws {
        for name in EnvironmentNames(taskUID: "gone", attempt: 1).all { namespace(name, uid: "gone") }
        try await sweeper.sweep()
        let lists = bench.server.calls.filter { $0.verb == "list" }
        #expect(lists.map(\.type) == [.namespaces, AIOpsTask.resourceType])
        #expect(lists.allSatisfy { $0.query["resourceVersion"] == nil })
        #expect(names().isEmpty)
    }

    /// A server that is behind lists the tasks as they were before this one was made.
    @Test func anOldListDeletesNothing() async throws {
        let made = EnvironmentNames(taskUID: "young", attempt: 1).all
        for name in made { namespace(name, uid: "young") }
        let newest = bench.server.resourceVersion
        let late = EnvironmentSweeper(
            client: bench.client, seenVersion: { newest + "0" }, time: bench.time, logger: .disabled)
        #expect(try await late.sweep() == false)
        #expect(names() == Set(made))
        let current = EnvironmentSweeper(
            client: bench.client, seenVersion: { newest }, time: bench.time, logger: .disabled)
        #expect(try await current.sweep())
        #expect(names().isEmpty)
    }

    @Test(arguments: [true, false])
    func whatCannotBeReadDeletesNothing(isTasks: Bool) async {
        let made = EnvironmentNames(taskUID: "gone", attempt: 1).all
        for name in made { namespace(name, uid: "gone") }
        bench.server.inject(.answer(Status(code: 403, reason: "Forbidden", message: "no")), times: .max) {
            $0.verb == "list" && $0.type == (isTasks ? AIOpsTask.resourceType : .namespaces)
        }
        await #expect(throws: KubernetesError.self) { try await sweeper.sweep() }
        #expect(names() == Set(made))
    }

    /// It goes on by itself: at the start, soon after a failure, and when its time has come again.
    @Test func itIsDoneAtTheStartAndAgainAndAgain() async throws {
        let clock = ManualTimeSource()
        let patient = EnvironmentSweeper(client: bench.client, seenVersion: { "" }, time: clock, logger: .disabled)
        bench.server.inject(.answer(Status(code: 403, reason: "Forbidden", message: "no"))) { $0.verb == "list" }
        let first = EnvironmentNames(taskUID: "one", attempt: 1).application
        let second = EnvironmentNames(taskUID: "two", attempt: 1).application
        namespace(first, uid: "one")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await patient.run() }
            await clock.waitForSleepers()
            #expect(names() == [first])
            clock.advance(by: .seconds(60))
            await clock.waitForSleepers()
            #expect(names().isEmpty)
            namespace(second, uid: "two")
            clock.advance(by: EnvironmentSweeper.interval)
            await clock.waitForSleepers()
            #expect(names().isEmpty)
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}
