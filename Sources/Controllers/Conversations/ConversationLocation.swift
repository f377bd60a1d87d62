package import AIOpsAPI
package import KubernetesModel

/// Where one attempt's conversation is kept, and under which names.
package struct ConversationLocation: Sendable, Hashable {
    package let taskUID: String
    package let attempt: Int
    package let namespace: String
    /// The LLMConversation that indexes it.
    package let name: String
    /// Owner of everything stored; nil when the conversation outlives its task.
    package let owner: OwnerReference?

    package static let label = "aiops.dev/conversation"
    /// The epoch of the worker that wrote a flush.
    static let epochAnnotation = "aiops.dev/epoch"

    /// Under the name that the task already gives it, if it does: the rule for names may be another one by now.
    package init(_ task: AIOpsTask, attempt: Int, retain: ConversationRetention) {
        taskUID = task.metadata.uid
        self.attempt = attempt
        namespace = task.metadata.namespace ?? ""
        let link = task.status.conversations.last { $0.attempt == attempt }
        name = link?.name ?? task.conversationName(attempt: attempt, retain: retain)
        var owner = task.ownerReference
        // Only what the garbage collector reads: it stands in every flush, and once more in what the server notes of its fields.
        owner.controller = nil
        self.owner = retain == .keep ? nil : owner
    }

    /// Seeds the hash chain, and labels every ConfigMap of the conversation.
    package var identity: String { "\(taskUID)-\(attempt)" }

    package var key: ObjectKey { ObjectKey(namespace: namespace, name: name) }

    /// Numbers are padded so that `kubectl get configmaps` lists them in order.
    func flushName(firstSeq: Int) -> String { "\(identity)-\(Self.padded(firstSeq))" }

    func segmentName(index: Int) -> String { "\(identity)-segment-\(Self.padded(index))" }

    func metadata(name: String, epoch: Int64) -> ObjectMeta {
        ObjectMeta(
            name: name, namespace: namespace, labels: [Self.label: identity],
            annotations: [Self.epochAnnotation: String(epoch)], ownerReferences: owner.map { [$0] } ?? [])
    }

    private static func padded(_ number: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, 6 - text.count)) + text
    }
}
