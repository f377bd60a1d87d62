import Conversations
import JSON
import LanguageModels
import Primitives

/// What the loop says to the model, apart from what its tools gave.
extension AgentRun {
    func opening(_ prompts: PromptBuilder) -> [ConversationMessage] {
        [
            ConversationMessage(
                timestamp: now, role: .system, content: prompts.system,
                metadata: ["phase": "prompt", ToolStyle.metadataKey: .string(prompts.style.rawValue)]),
            ConversationMessage(timestamp: now, role: .user, content: prompts.opening, metadata: ["phase": "prompt"]),
        ]
    }

    func rejection(_ error: FormatError, _ state: State) -> ConversationMessage {
        ConversationMessage(
            timestamp: now, role: .user, content: "\(error)\n\n\(state.prompts.reminder)",
            metadata: ["phase": "formatError", "formatErrors": .integer(Int64(state.progress.formatErrors))])
    }

    /// What goes back for the reply: where it has native calls, one result for each of them.
    ///
    /// The first is that of `outcome`, the others say that they were not run. All of it is one flush, so no call is ever without
    /// its result behind a crash.
    func answers(_ outcome: ConversationMessage, to reply: ConversationMessage?) -> [ConversationMessage] {
        guard let calls = reply?.toolCalls, let first = calls.first else { return [outcome] }
        var result = outcome
        result.role = .tool
        result.toolCallID = first.id
        result.functionName = first.name
        return [result]
            + calls.dropFirst().map { call in
                var result = ConversationMessage(
                    timestamp: now, role: .tool, content: Self.notRun, functionName: call.name,
                    metadata: ["phase": "notRun"])
                result.toolCallID = call.id
                return result
            }
    }

    private static let notRun =
        "Not run: only one call per turn is run, and this was not the first one. Make it again if it is still needed."

    func interruption(_ record: ConversationRecord) -> ConversationMessage {
        record.totals.open == nil
            ? AgentNotice.resumed(at: now) : AgentNotice.lostReply("the run was interrupted", at: now)
    }
}
