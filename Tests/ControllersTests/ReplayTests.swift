import AIOpsAPI
import Conversations
import JSON
import KubernetesModel
import KubernetesTesting
import SchedulingTesting
import SimulationTesting
import Testing

@testable import Controllers

/// A second task that says again what the agent of the first has said.
@Suite(.ownThread) struct ReplayTests {
    private static let again = ObjectKey(namespace: "demo", name: "again")

    private func second(_ conversation: String, toolStyle: AgentToolStyle? = nil) -> AIOpsTask {
        var task = Fixture.task()
        task.metadata = ObjectMeta(name: Self.again.name, namespace: Self.again.namespace)
        task.spec.problem?.id = Rehearsal.Play.detection.problem
        var agent = AIOpsTask.Agent()
        var model = ModelSettings()
        model.provider = .replay
        var reference = ConversationReference()
        reference.name = conversation
        model.conversationRef = reference
        agent.model = model
        agent.toolStyle = toolStyle
        task.spec.agent = agent
        return task
    }

    private func replay(_ run: Rehearsal, _ task: AIOpsTask) async throws -> AIOpsTask.Status {
        run.server.put(task)
        let server = run.server
        let isDone: @Sendable () throws -> Bool = {
            let status = try server.object(AIOpsTask.self, Self.again)?.status
            return status?.isFinished == true && status?.conditions.isTrue(.cleanedUp) != false
        }
        #expect(try await run.process("ccccc").work(until: isDone), "the second task is stuck")
        return try #require(try run.server.object(AIOpsTask.self, Self.again)).status
    }

    @Test(arguments: [AgentToolStyle.codeBlock, .native]) func theSameIsSaidForNothing(style: AgentToolStyle)
        async throws
    {
        let run = Rehearsal(.detection) { $0.spec.agent?.toolStyle = style }
        try await run.perform(until: run.isPersisted)
        let first = try #require(try run.task())
        let said = try await run.conversation().record.messages
        let calls = run.provider.calls
        let location = ConversationLocation(first, attempt: 1, retain: .withTask)
        let status = try await replay(run, second(location.name))
        #expect(status.result?.verdict == .passed, "\(status.conditions)")
        #expect(run.provider.calls == calls, "a model was asked")
        #expect(status.usage?.cost == "0" && status.usage?.simulated == true)
        #expect(status.steps == first.status.steps && status.usage?.inputTokens == first.status.usage?.inputTokens)
        // In a namespace of its own, and by the same words otherwise.
        let task = try #require(try run.server.object(AIOpsTask.self, Self.again))
        let copy = ConversationLocation(task, attempt: 1, retain: .withTask)
        let stored = try await StoredConversation.read(copy.key, Bench.client(run.server, run.time))
        let (old, new) = (try #require(first.status.environment?.name), try #require(status.environment?.name))
        func words(_ messages: [ConversationMessage]) -> [String] {
            messages.filter { $0.role == .assistant }.map { message in
                ([message.content] + message.toolCalls.map(\.arguments)).joined().replacing(old, with: new)
            }
        }
        #expect(old != new && words(said) == words(stored.messages))
        #expect(stored.conversation.spec.model?.provider == .replay)
    }

    @Test(arguments: [
        ("missing", "does not exist in namespace demo"), ("unfinished", "still being written"),
        ("damaged", "is damaged"), ("cut", "reply 1 of LLMConversation"),
    ])
    func whatCannotBeReplayedIsToldBeforeAnythingIsMade(what: String, words: String) async throws {
        let run = Rehearsal(
            .detection, answers: what == "cut" ? .saying(String(repeating: "so ", count: 20_000)) : nil)
        try await run.perform(until: run.isPersisted)
        let location = ConversationLocation(try #require(try run.task()), attempt: 1, retain: .withTask)
        switch what {
        case "unfinished":
            run.server.modify(LLMConversation.resourceType, location.key) { $0["status"]?["complete"] = false }
        case "damaged":
            let map = try #require(try await run.conversation().maps.first)
            run.server.remove(.configMaps, ObjectKey(namespace: "demo", name: map))
        default: break
        }
        let made = run.namespacesMade
        let status = try await replay(run, second(what == "missing" ? "nobody" : location.name))
        let condition = try #require(status.conditions.get(.succeeded))
        #expect(status.phase == .failed && condition.reason == "InvalidSpec", "\(condition)")
        #expect(condition.message.contains(words), "\(condition.message)")
        #expect(run.namespacesMade == made)
    }

    @Test func anotherStyleThanTheRecordedOneIsToldInTheServersPlace() async throws {
        let run = Rehearsal(.detection) { $0.spec.agent?.toolStyle = .native }
        try await run.perform(until: run.isPersisted)
        let location = ConversationLocation(try #require(try run.task()), attempt: 1, retain: .withTask)
        let status = try await replay(run, second(location.name, toolStyle: .codeBlock))
        let condition = try #require(status.conditions.get(.succeeded))
        #expect(condition.reason == "ProviderRefused" && condition.message.contains("toolStyle"), "\(condition)")
    }
}
