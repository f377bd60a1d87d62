import Conversations
import JSON
import LanguageModels

/// Turns the record into what the model is sent.
///
/// It depends on the recorded messages alone, so a resumed run sends what the first one would have sent. Where all of it is
/// more than fits: first the older outcomes of calls are left out, then whole turns, the oldest first, and the model is told of
/// both. Invariant: prompts and the newest turns stay, and a call is never parted from its result.
struct ContextWindow {
    var limit: Int

    /// Of outcomes and of turns, the newest that are never left out.
    private static let kept = 2

    func messages(_ record: [ConversationMessage]) -> [ChatMessage] {
        let shown = record.filter { !AgentNotice.isNotice($0) }
        var chat = shown.map(Self.chatMessage)
        var size = Self.size(chat[...])
        let outcomes = shown.indices.filter { Self.isOutcome(shown[$0]) }
        for index in outcomes.dropLast(Self.kept) where size > limit {
            let lead = shown[index].role == .function ? "Observation: " : ""
            let stub = "\(lead)[left out to save space, \(shown[index].content.utf8.count) bytes]"
            if stub.utf8.count >= chat[index].contentBytes { continue }
            size += stub.utf8.count - chat[index].contentBytes
            chat[index].content = stub
        }
        return withoutOldTurns(chat, size: size, before: outcomes.suffix(Self.kept).first ?? chat.endIndex)
    }

    /// What a tool gave, and not what was said of a call that was never run.
    private static func isOutcome(_ message: ConversationMessage) -> Bool {
        message.role == .function || message.role == .tool && message.metadata["phase"] == "observation"
    }

    /// A turn is a reply with all that came back for it: providers refuse a result without its call, and a call without its
    /// result.
    ///
    /// The turn of the message at `end` stays.
    private func withoutOldTurns(_ chat: [ChatMessage], size: Int, before end: Int) -> [ChatMessage] {
        let turns = chat.indices.filter { chat[$0].role == .assistant }
        let most = min(turns.count - Self.kept, turns.count { $0 < end } - 1)
        var (size, left) = (size, 0)
        while size > limit, left < most {
            size -= Self.size(chat[turns[left]..<turns[left + 1]])
            left += 1
        }
        guard left > 0, var prompts = turns.first.map({ Array(chat[..<$0]) }) else { return chat }
        let note = "[Your first \(left) \(left == 1 ? "turn was" : "turns were") left out here to save space.]"
        // Behind the task: some servers want the sides to alternate.
        if let last = prompts.indices.last, prompts[last].role == .user {
            prompts[last].content += "\n\n\(note)"
        } else {
            prompts.append(ChatMessage(role: .user, content: note))
        }
        return prompts + chat[turns[left]...]
    }

    private static func size(_ chat: ArraySlice<ChatMessage>) -> Int {
        chat.reduce(0) { sum, message in
            let calls = message.toolCalls.reduce(0) { $0 + $1.name.utf8.count + $1.arguments.utf8.count }
            return sum + message.contentBytes + calls
                + message.reasoning.reduce(0) { $0 + $1.text.utf8.count }
        }
    }

    private static let nextAction = "\n\n\(PromptBuilder.nextAction)"

    private static func chatMessage(_ message: ConversationMessage) -> ChatMessage {
        switch message.role {
        case .system: ChatMessage(role: .system, content: message.content)
        case .assistant:
            ChatMessage(
                role: .assistant,
                content: message.content.isEmpty && message.toolCalls.isEmpty ? "(no text)" : message.content,
                toolCalls: message.toolCalls.map(RecordedCalls.returned), reasoning: message.reasoning)
        case .tool where message.toolCallID != nil:
            ChatMessage(role: .tool, content: message.content, toolCallID: message.toolCallID)
        case .user: ChatMessage(role: .user, content: message.content)
        case .function, .tool:
            ChatMessage(
                role: .user, lead: "Observation:\n", content: message.content, tail: Self.nextAction)
        }
    }
}
