import Conversations
import JSON
import LanguageModels

/// Turns the record into what the model is sent.
///
/// It depends on the recorded messages alone, so a resumed run sends what the first one would have sent.
struct ContextWindow {
    var limit: Int

    /// Of the observations, the newest that are never left out.
    private static let kept = 2

    func messages(_ record: [ConversationMessage]) -> [ChatMessage] {
        let shown = record.filter { !AgentNotice.isNotice($0) }
        var chat = shown.map(chatMessage)
        var size = chat.reduce(0) { $0 + $1.content.utf8.count }
        let observations = shown.indices.filter { shown[$0].role == .function }
        for index in observations.dropLast(Self.kept) where size > limit {
            let stub = "Observation: [left out to save space, \(shown[index].content.utf8.count) bytes]"
            if stub.utf8.count >= chat[index].content.utf8.count { continue }
            size += stub.utf8.count - chat[index].content.utf8.count
            chat[index].content = stub
        }
        return chat
    }

    private func chatMessage(_ message: ConversationMessage) -> ChatMessage {
        switch message.role {
        case .system: ChatMessage(role: .system, content: message.content)
        case .assistant:
            ChatMessage(role: .assistant, content: message.content.isEmpty ? "(no text)" : message.content)
        case .user: ChatMessage(role: .user, content: message.content)
        case .function, .tool:
            ChatMessage(role: .user, content: "Observation:\n\(message.content)\n\n\(PromptBuilder.nextAction)")
        }
    }
}
