import AIOpsAPI
import ControllerRuntime
import Controllers
import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import Primitives
import Testing

@Suite struct TaskRecordTests {
    private let bench = Bench()
    private let task: AIOpsTask

    init() throws {
        task = try bench.store(Fixture.task(phase: .running) { $0.status.claim = Bench.claim() })
    }

    private func record(_ client: KubernetesClient? = nil) -> TaskRecord {
        TaskRecord(task, claim: Bench.claim(), client: client ?? bench.client, time: bench.time)
    }

    private func change(_ key: ObjectKey, _ body: @escaping @Sendable (inout AIOpsTask) -> Void) throws {
        var task = try bench.stored(key)
        body(&task)
        bench.server.put(task)
    }

    @Test func everyWriteNamesTheObjectAndTheVersionItWasMadeFrom() async throws {
        let record = record()
        try await record.update { status, _ in status.steps = 1 }
        try await record.update { status, _ in status.steps = 2 }
        let writes = bench.server.writes
        #expect(writes.count == 2)
        for write in writes {
            #expect(write.subresource == "status")
            #expect(write.body["metadata", "uid"] == .string(task.metadata.uid))
            #expect(write.body["metadata", "resourceVersion"] != nil)
            #expect(write.query["fieldManager"] == "aiops-worker")
        }
        #expect(writes[0].body["metadata", "resourceVersion"] != writes[1].body["metadata", "resourceVersion"])
        #expect(try bench.stored(task.key).status.steps == 2)
    }

    /// The cache may be behind: the gate of the task's controller is told what it has to show.
    @Test func everyWriteIsToldWithItsVersion() async throws {
        let told = Locked<[WrittenObject]>([])
        let record = TaskRecord(task, claim: Bench.claim(), client: bench.client, time: bench.time) { write, key in
            #expect(key == write.key)
            told.withLock { $0.append(write) }
        }
        try await record.update { status, _ in status.steps = 1 }
        try await record.update { _, _ in }
        let stored = try bench.stored(task.key).metadata
        let written = WrittenObject(
            type: AIOpsTask.resourceType, key: task.key, uid: stored.uid, resourceVersion: stored.resourceVersion)
        #expect(told.withLock { $0 } == [written])
    }

    /// I8.
    @Test func whatIsAsItShouldBeIsNotWritten() async throws {
        let record = record()
        try await record.update { _, _ in }
        try await record.update { status, _ in status.attempt = 1 }
        #expect(bench.server.writes.isEmpty)
    }

    @Test func aConflictIsReadAgainAndTheChangeMadeOnTop() async throws {
        let record = record()
        try change(task.key) { $0.status.attempt = 7 }
        try await record.update { status, _ in status.steps = (status.steps ?? 0) + 1 }
        let status = try bench.stored(task.key).status
        #expect(status.steps == 1 && status.attempt == 7)
    }

    /// I6, I7: whoever lost the task writes nothing more to it.
    @Test(arguments: ["claim", "finished", "deleted", "gone", "replaced"])
    func whoLostTheTaskStopsWithoutAnotherWrite(how: String) async throws {
        let record = record()
        switch how {
        case "claim": try change(task.key) { $0.status.claim = Bench.claim("demo/default-bbbbb-0", epoch: 2) }
        case "finished": try change(task.key) { $0.status.phase = .failed }
        case "deleted": try await bench.client.delete(AIOpsTask.resourceType, task.key, DeleteOptions())
        case "replaced":
            bench.server.remove(AIOpsTask.resourceType, task.key)
            _ = try bench.store(Fixture.task(phase: .running) { $0.status.claim = Bench.claim() })
        default: bench.server.remove(AIOpsTask.resourceType, task.key)
        }
        let before = bench.server.resourceVersion
        for _ in 0..<2 {
            let error = await #expect(throws: RunStop.self) {
                try await record.update { status, _ in status.steps = 9 }
            }
            guard case .abandoned = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        #expect(bench.server.resourceVersion == before)
    }

    /// The same worker and a higher epoch: another run of ours has it now.
    @Test func aHigherEpochOfTheSameWorkerIsAnotherOwner() async throws {
        let record = record()
        try change(task.key) { $0.status.claim = Bench.claim(epoch: 2) }
        await #expect(throws: RunStop.self) { try await record.update { status, _ in status.steps = 9 } }
        #expect(try bench.stored(task.key).status.steps == nil)
    }

    /// A moment without the API server must not end a task that has gone on for an hour.
    @Test(arguments: ["lost reply", "refused", "unavailable"])
    func aMomentOfTroubleIsSatOut(how: String) async throws {
        let record = record()
        let fault: APIFault =
            switch how {
            case "lost reply": .loseReply(.reset(bytesSeen: false, "gone"))
            case "refused": .lose(.connect("refused"))
            default:
                .answer(Status(code: 503, reason: "ServiceUnavailable", message: "the server is starting"))
            }
        bench.server.inject(fault, times: 2) { $0.isWrite }
        try await record.update { status, _ in status.steps = (status.steps ?? 0) + 1 }
        #expect(try bench.stored(task.key).status.steps ?? 0 >= 1)
    }

    /// The end stands, and is ours: written once, and known to be written.
    @Test(arguments: ["lost", "lost and cleaned up meanwhile"])
    func theLostReplyOfTheEndIsRecognised(how: String) async throws {
        let record = record()
        bench.server.inject(.loseReply(.reset(bytesSeen: false, "gone"))) { $0.isWrite }
        if how != "lost" {
            bench.server.inject(.answer(Status(code: 503, reason: "ServiceUnavailable", message: "starting"))) {
                $0.verb == "get"
            }
        }
        try await record.update { status, now in
            status.close(.completed(.passed), under: .completed, generation: 1, now: now)
        }
        let stored = try bench.stored(task.key)
        #expect(stored.status.phase == .succeeded)
        #expect(await record.task == stored)
        // Whatever was sent, one write was taken.
        #expect(bench.server.resourceVersion == stored.metadata.resourceVersion)
    }

    /// Somebody else ended the task in the moment in which our own end was refused.
    @Test func theEndOfSomebodyElseIsNotOurs() async throws {
        let record = record()
        try change(task.key) { task in
            task.status.close(
                .cancelled("by another"), under: .completed, generation: 1, now: Fixture.now + .seconds(77))
        }
        let error = await #expect(throws: RunStop.self) {
            try await record.update { status, now in
                status.close(.cancelled("by us"), under: .completed, generation: 1, now: now)
            }
        }
        guard case .abandoned = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func aServerThatStaysAwayEndsTheWaiting() async throws {
        let record = record()
        bench.server.inject(.lose(.connect("refused")), times: .max) { _ in true }
        await #expect(throws: RunStop.self) { try await record.update { status, _ in status.steps = 1 } }
    }
}
