import JSON
import LanguageModels
import Testing

@Suite struct ReplayModelTests {
    private static func prompts(_ namespace: String) -> [ChatMessage] {
        [
            ChatMessage(role: .system, content: "You are an agent."),
            ChatMessage(role: .user, content: "Task type: detection\nNamespace: \(namespace)\n"),
        ]
    }

    private static func said(_ content: String) -> ReplayModel.Reply {
        .init(content: content, toolCalls: [], finish: "stop", usage: TokenUsage(inputTokens: 7, outputTokens: 3))
    }

    private static func request(_ turn: Int, namespace: String = "env-new", tools: [ToolDefinition] = [])
        -> ModelRequest
    {
        var request = ModelRequest(messages: prompts(namespace), tools: tools)
        request.turn = turn
        return request
    }

    private static let tool = ToolDefinition(name: "exec_shell", description: "", parameters: [:])

    @Test func eachTurnHasItsReplyInTheNamespaceOfToday() async throws {
        let model = ReplayModel(
            name: "c", prompts: Self.prompts("env-old"),
            replies: [
                Self.said("kubectl -n env-old get pods; kubectl -n env-old get svc"), Self.said("submit(\"Yes\")"),
            ])
        #expect(try await model.complete(Self.request(1)).content == "submit(\"Yes\")")
        let first = try await model.complete(Self.request(0))
        #expect(first.content == "kubectl -n env-new get pods; kubectl -n env-new get svc")
        #expect(first.usage == TokenUsage(inputTokens: 7, outputTokens: 3) && first.finishReason == .stop)
        #expect(model.worstCase(Self.request(0)) == first.usage)
        #expect(model.descriptor.isSimulated && !model.descriptor.callsTools)
        await #expect(throws: ModelError.invalidRequest("conversation c has 2 replies and no more")) {
            try await model.complete(Self.request(2))
        }
    }

    @Test func callsAreCalledAgainAndOnlyWhereCallsAreOffered() async throws {
        let call = ToolCall(id: "a", name: "exec_shell", arguments: "{\"command\":\"kubectl -n env-old get pods\"}")
        let reply = ReplayModel.Reply(content: "", toolCalls: [call], finish: "tool_calls", usage: TokenUsage())
        let model = ReplayModel(name: "c", prompts: Self.prompts("env-old"), replies: [reply])
        let again = try await model.complete(Self.request(0, tools: [Self.tool]))
        #expect(again.toolCalls.map(\.arguments) == ["{\"command\":\"kubectl -n env-new get pods\"}"])
        #expect(again.finishReason == .toolCalls && model.descriptor.callsTools)
        await #expect {
            try await model.complete(Self.request(0))
        } throws: { "\($0)".contains("native calls") && "\($0)".contains("toolStyle") }
    }

    @Test(arguments: ["length", "content_filter", "refusal"]) func howAReplyEndedIsSaidAgain(finish: String)
        async throws
    {
        let reply = ReplayModel.Reply(content: "x", toolCalls: [], finish: finish, usage: TokenUsage())
        let model = ReplayModel(name: "c", prompts: [], replies: [reply])
        #expect(try await model.complete(Self.request(0)).finishReason.name == finish)
    }
}
