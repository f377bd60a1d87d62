import JSON

/// One example for training: the messages as the model saw them, the tools it had, and what they were worth.
///
/// The reward is 1 for a task that passed and 0 for one that failed; without a verdict there is none, so that a failure of the
/// environment is never learned from.
struct TrainingLine {
    private let export: ConversationExport

    init(_ export: ConversationExport) { self.export = export }

    var value: JSONValue {
        let facts = export.facts
        var metadata: JSONObject = ["session_id": .string(facts.sessionID), "agent": .string(facts.agent)]
        metadata["model"] = facts.model.map { .string($0) }
        metadata["problem_id"] = facts.problemID.map { .string($0) }
        metadata["results"] = facts.results
        var line: JSONObject = ["messages": .array(export.shown.map(Self.message))]
        line["tools"] = .array((facts.tools ?? []).map(\.value))
        line["reward"] = facts.success.map { .integer($0 ? 1 : 0) } ?? .null
        line["metadata"] = .object(metadata)
        return .object(line)
    }

    private static func message(_ message: ConversationMessage) -> JSONValue {
        var result: JSONObject = ["role": .string(message.role.rawValue), "content": .string(message.content)]
        switch message.role {
        case .system, .user: break
        case .assistant:
            if !message.toolCalls.isEmpty { result["tool_calls"] = .array(message.toolCalls.map(call)) }
        case .function, .tool:
            result["role"] = "tool"
            result["name"] = message.functionName.map { .string($0) }
            result["tool_call_id"] = message.toolCallID.map { .string($0) }
        }
        return .object(result)
    }

    private static func call(_ call: MessageCall) -> JSONValue {
        [
            "id": .string(call.id), "type": "function",
            "function": ["name": .string(call.name), "arguments": .string(call.arguments)],
        ]
    }
}
