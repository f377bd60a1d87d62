package import AIOpsAPI
package import KubernetesClient
package import KubernetesModel
package import Primitives

/// Notices when somebody deletes the record of a conversation that is still being held.
///
/// The worker would stumble over it only at its next message, or at the seal. One look each `interval` at running tasks
/// alone costs less than a watch of all conversations there ever were.
///
/// Invariants: a message that was seen once and is gone was deleted, unless the conversation is complete, since sealing
/// deletes what it has put together; a record that is missing was deleted only if it had been seen, or if there are
/// messages, for the task names it before it is made; a look that fails finds nothing.
package final class ConversationWatch: Sendable {
    package enum Finding: Sendable, Hashable {
        case intact
        /// It is not there, although the task names it.
        case recordDeleted(String)
        /// ConfigMaps with messages are gone.
        case messagesDeleted([String])
    }

    package static let interval = Duration.seconds(30)

    private struct Seen {
        var attempt: Int
        var at: Duration
        var maps: Set<String>
        var hasRecord: Bool
    }

    private let client: KubernetesClient
    private let time: any TimeSource
    /// By task, and by uid below.
    private let seen = Locked<[ObjectKey: [String: Seen]]>([:])

    package init(client: KubernetesClient, time: any TimeSource) {
        self.client = client
        self.time = time
    }

    /// Looks at the conversation of the task's present attempt, if that is due; nil when it is not, or there is none yet.
    package func look(at task: AIOpsTask) async -> Finding? {
        let attempt = task.currentAttempt
        guard let link = task.status.conversations.last(where: { $0.attempt == attempt }) else { return nil }
        let (key, uid) = (task.key, task.metadata.uid)
        let now = time.monotonicNow()
        var known = seen.withLock { $0[key]?[uid] }
        if known?.attempt != attempt { known = nil }
        if let known, now - known.at < Self.interval { return nil }
        let location = ConversationLocation(task, attempt: attempt, retain: .withTask)
        guard let maps = await maps(of: location) else { return nil }
        // Read after the list: what a seal took away in between is explained by this.
        let record: LLMConversation?
        do {
            record = try await client.get(LLMConversation.self, location.key)
        } catch {
            guard error.isNotFound else { return nil }
            record = nil
        }
        let hadRecord = known?.hasRecord == true || !maps.isEmpty
        // Everything that was ever seen, so that what is gone stays gone at the next look.
        let all = maps.union(known?.maps ?? [])
        seen.withLock {
            $0[key, default: [:]][uid] = Seen(
                attempt: attempt, at: now, maps: all, hasRecord: record != nil || hadRecord)
        }
        guard let record else { return hadRecord ? .recordDeleted(link.name) : nil }
        let gone = all.subtracting(maps)
        return record.status.complete || gone.isEmpty ? .intact : .messagesDeleted(gone.sorted())
    }

    /// Forgets the tasks of this name, but for the one with this uid.
    package func forget(_ key: ObjectKey, but uid: String? = nil) {
        seen.withLock { seen in
            let kept = seen[key]?.filter { $0.key == uid }
            seen[key] = kept?.isEmpty == true ? nil : kept
        }
    }

    /// How many tasks are remembered.
    package var remembered: Int { seen.withLock { $0.values.reduce(0) { $0 + $1.count } } }

    private func maps(of location: ConversationLocation) async -> Set<String>? {
        do {
            let found = try await client.list(
                MetadataOnly<ConfigMap>.self, namespace: location.namespace,
                options: ListOptions(
                    labelSelector: "\(ConversationLocation.label)=\(location.identity)", metadataOnly: true))
            return Set(found.items.map(\.metadata.name))
        } catch {
            return nil
        }
    }
}

extension ConversationWatch.Finding {
    /// What the condition `ConversationPersisted` says then; nil where all is well.
    var complaint: String? {
        switch self {
        case .intact: nil
        case .recordDeleted(let name):
            "LLMConversation \(name) was deleted while the task ran; what is left of it is sealed anew at the end"
        case .messagesDeleted(let names):
            "somebody deleted messages of the conversation while the task ran: ConfigMap \(names.prefix(5).joined(separator: ", "))"
        }
    }
}
