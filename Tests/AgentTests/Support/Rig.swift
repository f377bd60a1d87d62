import Agent
import Conversations
import JSON
import LanguageModelTesting
import LanguageModels
import Primitives
import Testing

/// A run with everything scripted; the same rig can be run again over the same journal, as after a crash.
struct Rig {
    var style = ToolStyle.codeBlock
    var kind = AgentTask.Kind.detection
    var strategy = Strategy.react
    var limits = AgentLimits()
    var settings = ModelSettings(maxTokens: 50)
    var journal = MemoryJournal()
    var time: any TimeSource = SkippingTimeSource()
    var redact: Redaction = { $0 }
    var isAskedToStop: @Sendable () -> Bool = { false }
    let standings = Locked<[AgentStanding]>([])

    func run(_ model: some LanguageModel, _ toolbox: some Toolbox) async -> Result<AgentOutcome, AgentError> {
        do { return .success(try await agentRun(model, toolbox).run()) } catch { return .failure(error) }
    }

    func agentRun(_ model: some LanguageModel, _ toolbox: some Toolbox) -> AgentRun {
        AgentRun(
            identity: "uid-1",
            task: AgentTask(kind: kind, application: "shop", namespace: "ns-1", description: "A shop."),
            strategy: strategy, toolStyle: style, model: model, settings: settings, toolbox: toolbox, journal: journal,
            limits: limits, time: time, redact: redact,
            onProgress: { [standings] standing in standings.withLock { $0.append(standing) } },
            isAskedToStop: isAskedToStop)
    }

    func record() async throws -> ConversationRecord {
        let repair = ConversationRepair(try await journal.load(), identity: "uid-1")
        #expect(repair.fault == nil)
        return try ConversationRecord(identity: "uid-1", entries: repair.entries, redact: { $0 })
    }

    /// In which role the outcome of a call is recorded.
    var outcomeRole: ConversationMessage.Role { style == .native ? .tool : .function }
}

/// Replies that depend on the conversation alone, like a deterministic model.
let calls = [
    "get_logs(\"a\", \"b\")", "exec_shell(\"kubectl get pods\")", "no call", "exec_shell(\"kubectl delete pod x\")",
    "exec_shell(\"kubectl get svc\")", "submit(\"Yes\")",
]

func replay(_ request: ModelRequest) -> ModelReply {
    let turn = request.messages.count { $0.role == .assistant }
    return reply(calls[min(turn, calls.count - 1)], to: request)
}

func scripted() -> ScriptedModel {
    ScriptedModel { request, _ throws(ModelError) in replay(request) }
}

/// A call as it is written in a code block, in the style that the request asks for; what is no call is only said.
func reply(_ call: String, to request: ModelRequest) -> ModelReply {
    if request.tools.isEmpty { return ScriptedModel.reply(ScriptedModel.action(call), to: request) }
    var reply = ScriptedModel.reply("Thought: so be it", to: request)
    do {
        let action = try ActionParser(names: request.tools.map(\.name)).parse("```\n\(call)\n```")
        let tool = request.tools.first { $0.name == action.name }
        let labels = tool?.parameters["properties"]?.objectValue?.keys ?? []
        var arguments = JSONObject()
        for (index, argument) in action.arguments.enumerated() {
            arguments[argument.label ?? (labels.indices.contains(index) ? labels[index] : "argument\(index)")] =
                argument.value
        }
        reply.toolCalls = [
            ToolCall(
                id: "t\(request.messages.count)", name: action.name, arguments: JSONValue.object(arguments).text)
        ]
        reply.finishReason = .toolCalls
    } catch {
        reply.content = call
    }
    return reply
}

func story(_ record: ConversationRecord) -> [String] {
    record.messages.filter { $0.metadata["phase"] != "notice" }.map {
        "\($0.role.rawValue)|\($0.content)|\($0.functionName ?? "")|\($0.functionArguments?.text ?? "")"
            + $0.toolCalls.map { "|\($0.id) \($0.name) \($0.arguments)" }.joined() + "|\($0.toolCallID ?? "")"
    }
}

func succeeded(_ result: Result<AgentOutcome, AgentError>) throws -> AgentOutcome { try result.get() }
