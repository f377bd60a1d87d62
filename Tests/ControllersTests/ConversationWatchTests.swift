import AIOpsAPI
import ControllerRuntime
import Controllers
import Conversations
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import SimulationTesting
import Testing

/// Somebody deletes the record of a conversation while it is held.
@Suite struct ConversationWatchTests {
    private let bench = Bench()
    private let watch: ConversationWatch
    private let task: AIOpsTask

    init() throws {
        watch = ConversationWatch(client: bench.client, time: bench.time)
        task = try bench.store(
            Fixture.task(phase: .running) {
                $0.status.claim = Bench.claim("demo/default-zzzzz-0")
                var link = AIOpsTask.ConversationLink()
                link.name = "t-1"
                link.attempt = 1
                $0.status.conversations = [link]
            })
    }

    private func hold(_ messages: Int) async throws -> ConversationKeeper {
        let keeper = bench.keeper(task)
        try await keeper.open()
        for flush in Bench.flushes("\(task.metadata.uid)-1", messages) { try await keeper.append(flush) }
        return keeper
    }

    private func look() async -> ConversationWatch.Finding? {
        bench.time.advance(by: ConversationWatch.interval)
        return await watch.look(at: task)
    }

    @Test func aWholeConversationIsIntactAndLookedAtNowAndThen() async throws {
        _ = try await hold(3)
        #expect(await look() == .intact)
        bench.server.forgetCalls()
        #expect(await watch.look(at: task) == nil)
        #expect(bench.server.calls.isEmpty)
        #expect(await look() == .intact)
    }

    /// The task names the record before it is made; a process that takes over finds messages whose record is gone.
    @Test func aRecordThatIsNotMadeYetIsNotMissed() async throws {
        #expect(await look() == nil)
        _ = try await hold(1)
        #expect(await look() == .intact)
        bench.server.remove(LLMConversation.resourceType, ObjectKey(namespace: "demo", name: "t-1"))
        let other = ConversationWatch(client: bench.client, time: bench.time)
        #expect(await other.look(at: task) == .recordDeleted("t-1"))
    }

    @Test func aDeletedRecordIsNoticed() async throws {
        _ = try await hold(3)
        #expect(await look() == .intact)
        bench.server.remove(LLMConversation.resourceType, ObjectKey(namespace: "demo", name: "t-1"))
        #expect(await look() == .recordDeleted("t-1"))
    }

    @Test(arguments: [0, 1, 2])
    func deletedMessagesAreNoticed(index: Int) async throws {
        _ = try await hold(3)
        #expect(await look() == .intact)
        let name = bench.maps[index]
        bench.server.remove(.configMaps, ObjectKey(namespace: "demo", name: name))
        #expect(await look() == .messagesDeleted([name]))
    }

    /// Sealing deletes what it has put together.
    @Test func aSealIsNoDeletion() async throws {
        let keeper = try await hold(3)
        #expect(await look() == .intact)
        _ = try await keeper.seal(success: true)
        #expect(await look() == .intact)
    }

    @Test func aLookThatFailsFindsNothing() async throws {
        _ = try await hold(3)
        #expect(await look() == .intact)
        bench.server.inject(.answer(Status(code: 403, reason: "Forbidden", message: "no")), times: .max) {
            $0.verb == "get" || $0.verb == "list"
        }
        #expect(await look() == nil)
    }

    /// Somebody takes the finalizer away: the task goes without the operator's part in it.
    @Test(arguments: [false, true])
    func aTaskThatIsGoneIsForgotten(isReplaced: Bool) async throws {
        _ = try await hold(1)
        let process = try OperatorProcess(
            session: "aaaaa", link: ProcessLink(server: bench.server, provider: ScriptedProvider(isMitigation: false)),
            server: bench.server, time: bench.time)
        try process.fillCaches()
        _ = await process.taskReconciler.reconcile(task.key)
        #expect(process.taskReconciler.conversations.remembered == 1)
        bench.server.remove(AIOpsTask.resourceType, task.key)
        if isReplaced { _ = try bench.store(Fixture.task()) }
        try process.fillCaches()
        _ = await process.taskReconciler.reconcile(task.key)
        #expect(process.taskReconciler.conversations.remembered == 0)
    }

    /// The reconciler says it in the task's condition, and tells of it once.
    @Test func theTaskSaysWhatWasDeleted() async throws {
        _ = try await hold(3)
        let process = try OperatorProcess(
            session: "aaaaa", link: ProcessLink(server: bench.server, provider: ScriptedProvider(isMitigation: false)),
            server: bench.server, time: bench.time)
        try process.fillCaches()
        let steady = await process.taskReconciler.reconcile(task.key)
        #expect(steady.intents.isEmpty && steady.notes.isEmpty)
        guard case .requeue(let wait) = steady.result else {
            Issue.record("it does not look again")
            return
        }
        #expect(wait == ConversationWatch.interval)
        bench.server.remove(LLMConversation.resourceType, ObjectKey(namespace: "demo", name: "t-1"))
        var notes: [EventNote] = []
        for _ in 0..<3 {
            bench.time.advance(by: ConversationWatch.interval)
            let outcome = await process.taskReconciler.reconcile(task.key)
            try await IntentExecutor(writer: bench.client).execute(outcome.intents)
            notes += outcome.notes
            try process.fillCaches()
        }
        let status = try bench.stored(task.key).status
        let condition = try #require(status.conditions.get(.conversationPersisted))
        #expect(condition.status == .false && condition.reason == Reason.conversationDeleted.rawValue)
        #expect(condition.message.contains("t-1") && status.phase == .running)
        #expect(notes.map(\.reason) == ["ConversationDeleted"])
    }
}
