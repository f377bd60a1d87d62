import AIOpsAPI
import ControllerRuntime
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import SchedulingTesting
import Testing

@testable import Controllers

/// What the cache holds of tasks that are over.
@Suite(.ownThread) struct SettledTaskTests {
    /// A task that ended, was released and sealed, as the server has it.
    private func settled() async throws -> (Rehearsal, AIOpsTask) {
        let run = Rehearsal(.detection)
        try await run.perform { try run.isCleanedUp() && run.isPersisted() }
        return (run, try #require(try run.task()))
    }

    @Test func littleIsKeptOfATaskThatIsSettled() async throws {
        let (run, task) = try await settled()
        let row = task.cached
        #expect(task.isSettled && row.isSettled && row.cached == row)
        let (whole, kept) = (task.jsonBytes().count, row.jsonBytes().count)
        #expect(whole > 5_000 && kept < 1_100, "\(kept) of \(whole)")
        // What the books and the counts look at.
        let names = WorkerNames(session: "aaaaa")
        #expect(
            TaskStanding(row, assumed: nil, pool: nil, names: names)
                == .ended(
                    on: try #require(task.status.claim?.worker), succeeded: true))
        #expect(row.metadata.uid == task.metadata.uid && row.metadata.resourceVersion == task.metadata.resourceVersion)
        #expect(row.status.result?.verdict == .passed)
        #expect(row.status.conditions.get(.succeeded)?.reason == "Completed")
        // I8: of what is kept, nothing is written.
        let process = try run.process("bbbbb")
        let writes = run.server.writes.count
        for _ in 0..<3 { try await process.round() }
        #expect(run.server.writes.dropFirst(writes).allSatisfy { $0.type == WorkerPool.resourceType })
    }

    @Test(arguments: ["running", "deleted", "edited", "not released", "not sealed", "half told"])
    func aTaskWithSomethingLeftToDoIsKeptWhole(why: String) async throws {
        var (_, task) = try await settled()
        switch why {
        case "running": task.status.phase = .evaluating
        case "deleted": task.metadata.deletionTimestamp = Fixture.now
        case "edited": task.metadata.generation += 1
        case "not released":
            task.status.mark(
                .cleanedUp, .false, .cleaningUp, "", generation: task.metadata.generation, now: Fixture.now)
        case "not sealed":
            task.status.mark(
                .conversationPersisted, .false, .internalError, "", generation: task.metadata.generation,
                now: Fixture.now)
        default: task.status.conditions[0].observedGeneration = 0
        }
        #expect(!task.isSettled && task.cached == task)
    }

    /// Whatever is done with it later comes with the whole object.
    @Test(arguments: ["time to go", "held by GitOps", "edited", "deleted"])
    func aSettledTaskIsStillLookedAfter(what: String) async throws {
        let (run, _) = try await settled()
        run.server.modify(AIOpsTask.resourceType, Rehearsal.key) { task in
            if what != "deleted" { task["metadata"]?["generation"] = 2 }
            if what.hasPrefix("edited") {
                task["spec"]?["limits"] = ["maxSteps": 7]
            } else {
                task["spec"]?["ttlSecondsAfterFinished"] = 60
            }
            if what == "held by GitOps" { task["metadata"]?["annotations"] = ["argocd.argoproj.io/tracking-id": "x"] }
        }
        if what == "deleted" {
            try await Bench.client(run.server, run.time).delete(AIOpsTask.resourceType, Rehearsal.key, DeleteOptions())
        }
        let process = try run.process("bbbbb")
        for _ in 0..<3 { try await process.round() }
        let before = try run.task()
        #expect((before == nil) == (what == "deleted"))
        if let before { #expect(before.isSettled && before.status.observedGeneration == 2) }
        #expect(before?.status.conditions.isTrue(.specChanged) == (what == "deleted" ? nil : what == "edited"))
        // Nothing was lost of what the server has.
        if what != "deleted" { #expect(before?.status.stages.isEmpty == false && before?.spec.problem != nil) }
        run.time.advance(by: .seconds(61))
        for _ in 0..<3 { try await process.round() }
        #expect(try (run.task() == nil) == (what == "deleted" || what == "time to go"))
    }
}
