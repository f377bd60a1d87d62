package import Conversations
package import KubernetesClient
import KubernetesModel

/// The flushes of a conversation as immutable ConfigMaps, one each, created and never written again.
///
/// A flush's name holds its first number, so a repeated append finds what is there and never makes a duplicate. A flush
/// written under a higher epoch than ours means that the task has a new owner: from then on nothing is written here.
package struct ConfigMapJournal: ConversationJournal {
    private let location: ConversationLocation
    private let epoch: Int64
    private let client: KubernetesClient

    package init(_ location: ConversationLocation, epoch: Int64, client: KubernetesClient) {
        self.location = location
        self.epoch = epoch
        self.client = client
    }

    package func load() async throws(JournalError) -> [Flush] {
        var flushes: [Flush] = []
        for map in try await configMaps() {
            if let written = map.metadata.annotations[ConversationLocation.epochAnnotation].flatMap(Int64.init),
                written > epoch
            {
                throw .fenced("epoch \(written) has written to it, ours is \(epoch)")
            }
            flushes.append(try map.flush())
        }
        return flushes
    }

    package func append(_ flush: Flush) async throws(JournalError) { _ = try await write(flush) }

    /// - Returns: the uid of what is stored.
    func write(_ flush: Flush) async throws(JournalError) -> String {
        let map = ConfigMap(
            metadata: location.metadata(name: location.flushName(firstSeq: flush.firstSeq), epoch: epoch),
            lines: StoredLines(.plain, flush.bytes))
        do {
            return try await client.create(map, options: WriteOptions(fieldManager: Self.fieldManager)).metadata.uid
        } catch {
            if error.isAlreadyExists { return try await stored(map, flush) }
            throw Self.journalError(error, doing: "write messages \(flush.firstSeq) to \(flush.lastSeq)")
        }
    }

    /// What stands where the flush belongs: the flush itself when only the answer to its write was lost.
    private func stored(_ map: ConfigMap, _ flush: Flush) async throws(JournalError) -> String {
        let found: ConfigMap
        do {
            found = try await client.get(ConfigMap.self, map.metadata.key)
        } catch {
            // Deleted between the two requests: the next try writes it.
            if error.isNotFound { throw .unavailable("\(map.metadata.name) was there and is gone", cause: error) }
            throw Self.journalError(error, doing: "read \(map.metadata.name)")
        }
        guard found.data == map.data else { throw .conflict(firstSeq: flush.firstSeq) }
        return found.metadata.uid
    }

    /// Takes away a flush that came after the seal.
    func withdraw(_ flush: Flush, uid: String) async throws(JournalError) {
        let key = ObjectKey(namespace: location.namespace, name: location.flushName(firstSeq: flush.firstSeq))
        do {
            try await client.delete(.configMaps, key, DeleteOptions(uid: uid))
        } catch {
            if !error.isNotFound { throw Self.journalError(error, doing: "withdraw \(key.name)") }
        }
    }

    /// Everything stored for this conversation, flushes and segments alike.
    func configMaps() async throws(JournalError) -> [ConfigMap] {
        let selector = "\(ConversationLocation.label)=\(location.identity)"
        do {
            return try await client.list(
                ConfigMap.self, namespace: location.namespace, options: ListOptions(labelSelector: selector)
            ).items
        } catch {
            throw Self.journalError(error, doing: "read it")
        }
    }

    static let fieldManager = "aiops-worker"

    static func journalError(_ error: KubernetesError, doing what: String) -> JournalError {
        if error.isCancelled { return .cancelled }
        // A quota that is full, and only that: a right that is missing is no matter of room.
        if case .forbidden = error.kind, error.message.contains("exceeded quota") { return .full(error.message) }
        // etcd takes no write any more until somebody makes room in it.
        if error.message.contains("database space exceeded") { return .full(error.message) }
        return error.isRetryable
            ? .unavailable("could not \(what)", cause: error) : .refused("could not \(what)", cause: error)
    }
}
