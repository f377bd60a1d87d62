import AIOpsAPI
import Conversations
import JSON
import KubernetesClient
import KubernetesModel
import LanguageModels

extension ModelResolver {
    /// The replies of a conversation that has come to its end.
    func replay(_ reference: ConversationReference?, namespace: String) async throws(TaskFailure) -> ReplayModel {
        guard let name = reference?.name, !name.isEmpty else {
            throw TaskFailure(.user, .invalidSpec, "set spec.agent.model.conversationRef with provider Replay")
        }
        let stored = try await conversation(ObjectKey(namespace: namespace, name: name))
        if let fault = stored.fault {
            throw TaskFailure(
                .user, .invalidSpec, "LLMConversation \(name) is damaged, so it is not replayed: \(fault)")
        }
        guard stored.isComplete else {
            throw TaskFailure(
                .user, .invalidSpec,
                "LLMConversation \(name) is still being written: replay it when its task has ended (COMPLETE is true)")
        }
        let said = stored.messages.filter { $0.role == .assistant }
        guard !said.isEmpty else {
            throw TaskFailure(.user, .invalidSpec, "LLMConversation \(name) has no reply that could be given again")
        }
        if let cut = said.firstIndex(where: \.isCut) {
            throw TaskFailure(
                .user, .invalidSpec,
                "reply \(cut + 1) of LLMConversation \(name) was too long to be kept whole, so it is not replayed")
        }
        let prompts = stored.messages.prefix { $0.role != .assistant }.map {
            ChatMessage(role: $0.role == .system ? .system : .user, content: $0.content)
        }
        return ReplayModel(name: name, prompts: prompts, replies: said.map(\.reply))
    }

    private func conversation(_ key: ObjectKey) async throws(TaskFailure) -> StoredConversation {
        do {
            return try await StoredConversation.read(key, client)
        } catch {
            if let error = error as? KubernetesError, error.isNotFound {
                throw TaskFailure(
                    .user, .invalidSpec,
                    "LLMConversation \(key.name) does not exist in namespace \(key.namespace): kubectl get llmconversations "
                        + "lists them; one outlives its task with spec.conversation.retain Always")
            }
            throw TaskFailure(
                .infrastructure, .internalError, "LLMConversation \(key.name) could not be read", cause: error)
        }
    }
}

extension ConversationMessage {
    fileprivate var isCut: Bool { truncation != nil || toolCalls.contains { $0.truncation != nil } }

    fileprivate var reply: ReplayModel.Reply {
        ReplayModel.Reply(
            content: content,
            toolCalls: toolCalls.map { ToolCall(id: $0.id, name: $0.name, arguments: $0.arguments) },
            finish: metadata["finish"]?.stringValue,
            usage: usage.map {
                TokenUsage(
                    inputTokens: $0.inputTokens, outputTokens: $0.outputTokens, cacheReadTokens: $0.cacheReadTokens,
                    cacheWriteTokens: $0.cacheWriteTokens, reasoningTokens: $0.reasoningTokens,
                    isEstimated: $0.isEstimated)
            } ?? TokenUsage())
    }
}
