package import Conversations
package import KubernetesClient
import KubernetesModel

/// Turns the small flushes of an ended conversation into few large segments.
///
/// Invariant: a flush is deleted only after the segments that hold its messages have been read back from the server and
/// verified whole, and a segment never. Sealing again after a crash finds the segments that exist and goes on.
package struct ConversationSealer: Sendable {
    /// A stored segment as the index names it.
    package struct Stored: Sendable, Hashable {
        package var configMap: String
        package var firstSeq: Int
        package var count: Int
        /// Of its lines.
        package var bytes: Int
        package var sha256: String
    }

    private let location: ConversationLocation
    private let epoch: Int64
    private let client: KubernetesClient

    package init(_ location: ConversationLocation, epoch: Int64, client: KubernetesClient) {
        self.location = location
        self.epoch = epoch
        self.client = client
    }

    /// Writes and verifies the segments of `record`.
    ///
    /// A flush whose create was on its way when its writer was stopped may arrive between two tries, and make the last
    /// segment longer than the one that is stored. What is stored is kept as it is, and the rest follows in the next one:
    /// replaced, a segment would be missing for a moment, and a sealer that lost the task without knowing it would take
    /// away what its heir has verified.
    package func seal(_ record: ConversationRecord) async throws(JournalError) -> [Stored] {
        var stored: [Stored] = []
        var waiting = record.seal()[...]
        while let wanted = waiting.popFirst() {
            let name = location.segmentName(index: stored.count)
            let segment = try await write(wanted, name: name)
            stored.append(
                Stored(
                    configMap: name, firstSeq: segment.firstSeq, count: segment.count, bytes: segment.bytes.count,
                    sha256: segment.sha256))
            if segment.count < wanted.count { waiting = record.seal(from: segment.firstSeq + segment.count)[...] }
        }
        return stored
    }

    /// Deletes the flushes, once the index names the segments.
    package func removeFlushes() async throws(JournalError) {
        let journal = ConfigMapJournal(location, epoch: epoch, client: client)
        let segments = "\(location.identity)-segment-"
        for map in try await journal.configMaps() where !map.metadata.name.hasPrefix(segments) {
            do {
                try await client.delete(
                    .configMaps, map.metadata.key, DeleteOptions(uid: map.metadata.uid))
            } catch {
                if error.isNotFound { continue }
                throw ConfigMapJournal.journalError(error, doing: "delete \(map.metadata.name)")
            }
        }
    }

    /// - Returns: what is stored under that name: `segment`, or its first messages from before.
    private func write(_ segment: Segment, name: String) async throws(JournalError) -> Segment {
        let map = ConfigMap(
            metadata: location.metadata(name: name, epoch: epoch),
            lines: StoredLines(compressing: segment.bytes))
        do {
            _ = try await client.create(map, options: WriteOptions(fieldManager: ConfigMapJournal.fieldManager))
        } catch {
            // Ours from before a crash, if the lines below agree.
            guard error.isAlreadyExists else {
                throw ConfigMapJournal.journalError(error, doing: "write segment \(name)")
            }
        }
        let found: ConfigMap
        do {
            found = try await client.get(ConfigMap.self, map.metadata.key)
        } catch {
            // Deleted between the two requests: the next try writes it.
            if error.isNotFound { throw .unavailable("segment \(name) was there and is gone", cause: error) }
            throw ConfigMapJournal.journalError(error, doing: "read back segment \(name)")
        }
        let lines = try found.conversationLines()
        let newline = UInt8(ascii: "\n")
        // What is compared are the lines: before a crash another version may have stored them in another way.
        guard lines.last == newline, segment.bytes.starts(with: lines) else {
            throw .corrupt(ConversationFault(seq: segment.firstSeq, kind: .conflicting))
        }
        var stored = segment
        stored.count = lines.count { $0 == newline }
        stored.bytes = lines
        return stored
    }
}
