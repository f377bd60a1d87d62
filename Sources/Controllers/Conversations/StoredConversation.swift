package import AIOpsAPI
package import Conversations
package import KubernetesClient
package import KubernetesModel

/// A conversation as it lies in the cluster, put together and checked.
///
/// Invariant: `messages` are those of an unbroken chain from the first one on; what is behind a fault is not among them.
package struct StoredConversation: Sendable {
    package let conversation: LLMConversation
    /// The task, as long as it is there; a kept conversation outlives it.
    package let task: AIOpsTask?
    package let messages: [ConversationMessage]
    /// The hash of the last message.
    package let head: String?
    /// The first thing that is wrong; nil when everything is as it was written.
    package let fault: ConversationFault?

    /// No more is to come: it was sealed.
    package var isComplete: Bool { conversation.status.complete }

    /// - Throws: `KubernetesError` when it does not exist, may not be read, or cannot be reached; `JournalError` when this
    ///   machine has no memory to unpack it.
    package static func read(_ key: ObjectKey, _ client: KubernetesClient) async throws -> Self {
        let conversation = try await client.get(LLMConversation.self, key)
        let reference = conversation.spec.taskRef
        let identity = "\(reference.uid)-\(conversation.spec.attempt)"
        let stored = try await client.list(
            ConfigMap.self, namespace: key.namespace,
            options: ListOptions(labelSelector: "\(ConversationLocation.label)=\(identity)")
        ).items
        let task = try await task(reference, key.namespace, client)
        return try Self(conversation, task, stored, identity: identity)
    }

    /// The task of that uid; one that was made anew under the same name is another.
    private static func task(
        _ reference: LLMConversation.TaskReference, _ namespace: String, _ client: KubernetesClient
    ) async throws(KubernetesError) -> AIOpsTask? {
        do {
            let task = try await client.get(
                AIOpsTask.self, ObjectKey(namespace: namespace, name: reference.name))
            return task.metadata.uid == reference.uid ? task : nil
        } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }

    private init(
        _ conversation: LLMConversation, _ task: AIOpsTask?, _ stored: [ConfigMap], identity: String
    ) throws(JournalError) {
        var flushes: [Flush] = []
        var unreadable: ConversationFault?
        for map in stored {
            do throws(JournalError) {
                flushes.append(try map.flush())
            } catch {
                guard case .corrupt(let fault) = error else { throw error }
                unreadable = unreadable ?? fault
            }
        }
        let repaired = ConversationRepair(flushes.filter { conversation.status.includes($0) }, identity: identity)
        self.conversation = conversation
        self.task = task
        messages = repaired.entries.map(\.message)
        head = repaired.entries.last?.hash
        fault = unreadable ?? repaired.fault ?? Self.shortfall(repaired, conversation)
    }

    /// What the chain alone cannot tell: that its end is missing.
    private static func shortfall(_ repaired: ConversationRepair, _ conversation: LLMConversation) -> ConversationFault?
    {
        let status = conversation.status
        // The head is written after the messages, and the total with the seal.
        let indexed = Int(clamping: status.head?.nextSeq ?? 0) - 1
        let expected = status.complete ? max(status.totalMessages, indexed) : indexed
        guard repaired.entries.count < expected else { return nil }
        return ConversationFault(seq: repaired.entries.count + 1, kind: .missing)
    }
}

extension StoredConversation {
    /// What an export says besides the messages.
    package var facts: ExportFacts {
        let (spec, status) = (conversation.spec, conversation.status)
        let running = task?.followedSpec
        let provenance = task?.status.provenance
        let result = task?.status.result
        return ExportFacts(
            sessionID: "\(spec.taskRef.uid)-\(spec.attempt)",
            task: "\(conversation.metadata.namespace ?? "")/\(spec.taskRef.name)", attempt: spec.attempt,
            agent: spec.role ?? running?.agent?.strategy?.rawValue ?? "React",
            version: provenance?.operatorVersion, provider: spec.model?.provider?.rawValue, model: spec.model?.name,
            problemID: status.metadata?.problemID, tools: tools, startedAt: status.startedAt,
            endedAt: status.endedAt, success: status.metadata?.success ?? result?.success,
            verdict: result?.verdict?.rawValue, scores: result?.scores ?? [:])
    }
}
