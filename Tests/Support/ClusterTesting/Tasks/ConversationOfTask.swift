package import AIOpsAPI
package import Conversations
import KubernetesClient
import KubernetesModel
import Primitives

/// A conversation as a user reads it back: through its index, from the sealed ConfigMaps, hash by hash.
package struct ConversationOfTask: Sendable {
    package let index: LLMConversation
    package let messages: [ConversationMessage]
    package let totals: ConversationTotals

    /// Throws unless the conversation is sealed, gapless, in order and unchanged.
    package static func read(_ task: AIOpsTask, _ cluster: TestCluster) async throws -> ConversationOfTask {
        guard let name = task.status.conversations.last?.name else {
            throw NeverHappened("\(task.metadata.name) has no conversation")
        }
        let key = ObjectKey(namespace: task.metadata.namespace ?? "", name: name)
        let conversation = try await read(try await cluster.client.get(LLMConversation.self, key), cluster)
        guard conversation.index.spec.attempt == task.status.attempt else {
            throw NeverHappened("\(name) is of attempt \(conversation.index.spec.attempt)")
        }
        return conversation
    }

    /// The same of one that may outlive its task.
    package static func read(_ index: LLMConversation, _ cluster: TestCluster) async throws -> ConversationOfTask {
        let (name, namespace) = (index.metadata.name, index.metadata.namespace ?? "")
        guard index.status.complete, !index.status.chunks.isEmpty else {
            throw NeverHappened("conversation \(name) is not sealed: \(index.status)")
        }
        var entries: [ChainedMessage] = []
        for chunk in index.status.chunks {
            let map = try await cluster.client.get(
                ConfigMap.self, ObjectKey(namespace: namespace, name: chunk.configMap))
            let bytes = try lines(of: map)
            guard map.immutable == true, chunk.firstSeq == Int64(entries.count + 1),
                chunk.sha256 == SHA256Digest.of(bytes).hex
            else { throw NeverHappened("ConfigMap \(chunk.configMap) is not what the index says") }
            entries += try Flush(parsing: bytes).entries
        }
        let record = try ConversationRecord(
            identity: "\(index.spec.taskRef.uid)-\(index.spec.attempt)", entries: entries
        ) { $0 }
        let conversation = ConversationOfTask(index: index, messages: record.messages, totals: record.totals)
        let small = try await cluster.client.list(
            ConfigMap.self, namespace: namespace,
            options: ListOptions(labels: LabelSelector(["aiops.dev/conversation": record.identity]))
        ).items
        guard small.count == index.status.chunks.count else {
            throw NeverHappened("flushes are left after the seal: \(small.map(\.metadata.name))")
        }
        return conversation
    }

    /// Sealed lines are compressed where that makes them smaller.
    private static func lines(of map: ConfigMap) throws -> [UInt8] {
        if let compressed = map.binaryData[StoredLines.Encoding.gzip.fileName] {
            return try StoredLines(.gzip, compressed).lines()
        }
        return Array((map.data[StoredLines.Encoding.plain.fileName] ?? "").utf8)
    }
}
