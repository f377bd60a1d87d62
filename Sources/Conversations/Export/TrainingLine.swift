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
        line["tools"] = .array(
            (facts.tools ?? []).map { ["type": "function", "function": ["name": .string($0)]] })
        line["reward"] = facts.success.map { .integer($0 ? 1 : 0) } ?? .null
        line["metadata"] = .object(metadata)
        return .object(line)
    }

    private static func message(_ message: ConversationMessage) -> JSONValue {
        switch message.role {
        case .system, .user, .assistant:
            return ["role": .string(message.role.rawValue), "content": .string(message.content)]
        case .function, .tool:
            var result: JSONObject = ["role": "tool", "content": .string(message.content)]
            result["name"] = message.functionName.map { .string($0) }
            return .object(result)
        }
    }
}
