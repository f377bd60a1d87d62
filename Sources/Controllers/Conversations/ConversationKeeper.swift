package import AIOpsAPI
package import Conversations
import JSON
package import KubernetesClient
import KubernetesModel
package import Primitives

/// The LLMConversation of one attempt: opened before the first message, kept up to date, sealed at the end.
///
/// It stands between the agent and the journal, so that every flush passes here on its way, and remembers what it wrote: a
/// flush that somebody deletes while its writer lives is no loss. Invariants: the index is written as often as ``IndexPace``
/// says, besides opening and sealing, and never before the flush it speaks of is stored; no flush counts as stored
/// before the head was read after it; all flushes together stay below `ConversationLimit.bytes`; `complete` is true only
/// after the segments were read back and verified; what was counted once is never counted less (I2): a record that holds
/// less than its index or its task has counted is damaged, and its totals stay.
package actor ConversationKeeper: ConversationJournal {
    /// What the record says about its model and its surroundings.
    package struct Description: Sendable {
        package var model: LLMConversation.ModelIdentity
        package var settings: LLMConversation.CallSettings
        package var role: String?
        package var metadata: LLMConversation.Metadata
        package var isSimulated: Bool
        package var priceTable: String?

        package init(
            model: LLMConversation.ModelIdentity, settings: LLMConversation.CallSettings, role: String?,
            metadata: LLMConversation.Metadata, isSimulated: Bool, priceTable: String?
        ) {
            self.model = model
            self.settings = settings
            self.role = role
            self.metadata = metadata
            self.isSimulated = isSimulated
            self.priceTable = priceTable
        }
    }

    private let location: ConversationLocation
    private let description: Description
    private let claim: AIOpsTask.Claim
    private let taskName: String
    /// Calls whose replies were recorded when this began, as the task has counted them.
    private let countedCalls: Int
    private let client: KubernetesClient
    private let time: any TimeSource
    private let journal: ConfigMapJournal
    private var object: LLMConversation?
    /// By first number.
    private var flushes: [Int: Flush] = [:]
    private var bytes = 0
    private var pace = IndexPace()

    package init(
        _ location: ConversationLocation, task: AIOpsTask, claim: AIOpsTask.Claim, description: Description,
        client: KubernetesClient, time: any TimeSource
    ) {
        self.location = location
        self.description = description
        self.claim = claim
        taskName = task.metadata.name
        countedCalls = Int(clamping: task.status.usage?.calls ?? 0)
        self.client = client
        self.time = time
        journal = ConfigMapJournal(location, epoch: claim.epoch, client: client)
    }

    /// Makes the LLMConversation, or takes up the one an earlier owner made, and writes our epoch into its head.
    package func open() async throws(JournalError) {
        var spec = LLMConversation.Spec()
        spec.taskRef.name = taskName
        spec.taskRef.uid = location.taskUID
        spec.attempt = location.attempt
        spec.role = description.role
        spec.model = description.model
        spec.llmConfig = description.settings
        let wanted = LLMConversation(
            metadata: .init(
                name: location.name, namespace: location.namespace,
                labels: [ConversationLocation.label: location.identity],
                ownerReferences: location.owner.map { [$0] } ?? []),
            spec: spec)
        do {
            object = try await client.create(wanted, options: WriteOptions(fieldManager: ConfigMapJournal.fieldManager))
        } catch {
            guard error.isAlreadyExists else { throw ConfigMapJournal.journalError(error, doing: "create it") }
            object = try await read()
        }
        guard object?.spec.taskRef.uid == location.taskUID else {
            throw .refused(
                "LLMConversation \(location.name) belongs to another task; delete it or rename this task", cause: nil)
        }
        if let epoch = object?.status.head?.epoch, epoch > claim.epoch {
            throw .fenced("its head carries epoch \(epoch), ours is \(claim.epoch)")
        }
        let now = time.wallNow()
        try await write { status in
            // A crash may have come between the seal and the end of the task.
            if !status.complete, status.phase != .damaged { status.phase = .active }
            if status.startedAt == nil { status.startedAt = now }
            status.metadata = self.description.metadata
            var head = status.head ?? LLMConversation.Head()
            head.worker = self.claim.worker
            head.epoch = self.claim.epoch
            status.head = head
        }
        pace.begin(now: time.monotonicNow())
    }

    package func load() async throws(JournalError) -> [Flush] {
        var stored = try await journal.load()
        if let status = object?.status { stored.removeAll { !status.includes($0) } }
        for flush in stored { remember(flush) }
        // Both: what was deleted meanwhile is only remembered, and what differs from what we wrote is found out.
        let found = stored + flushes.values
        try expectWhatWasCounted(in: found)
        return found
    }

    /// Where the end of a record is gone, or all of it, nothing that is left tells so: what was counted does.
    private func expectWhatWasCounted(in flushes: [Flush]) throws(JournalError) {
        var last = 0
        var replies: Set<Int> = []
        for message in flushes.lazy.flatMap(\.messages) {
            last = max(last, message.seq)
            if message.usage != nil { replies.insert(message.seq) }
        }
        let indexed = Int(clamping: object?.status.head?.nextSeq ?? 0) - 1
        guard last < indexed || replies.count < countedCalls else { return }
        throw .corrupt(ConversationFault(seq: min(last, ConversationLimit.messages) + 1, kind: .missing))
    }

    private func remember(_ flush: Flush) {
        // Of two with one number, as a segment and the flush it begins with, the longer says more.
        if let known = flushes[flush.firstSeq] {
            guard flush.lastSeq > known.lastSeq else { return }
            bytes -= known.bytes.count
        }
        flushes[flush.firstSeq] = flush
        bytes += flush.bytes.count
    }

    package func append(_ flush: Flush) async throws(JournalError) {
        let size = flush.bytes.count
        guard bytes + size <= ConversationLimit.bytes else {
            throw .full("it has \(bytes) bytes, of \(ConversationLimit.bytes) that one conversation may have")
        }
        let uid = try await journal.write(flush)
        try await checkHead(after: flush, uid: uid)
        remember(flush)
        guard pace.take(size, now: time.monotonicNow()) else { return }
        try await index()
    }

    /// Keeps the index from growing old while the model thinks for minutes, until it is cancelled.
    ///
    /// What cannot be written now is written with a later flush, which also says why.
    package func keepUp() async {
        while true {
            do { try await time.sleep(for: IndexPace.shortest) } catch { return }
            guard pace.catchUp(now: time.monotonicNow()) else { continue }
            do { try await index() } catch { continue }
        }
    }

    /// Stops a worker that lost the task without knowing it, before it does what the flush announces.
    ///
    /// A create cannot be made to depend on another object, so the head is read after it. What came before the seal was
    /// loaded or deleted by the new owner; what came after it is ours to take away.
    private func checkHead(after flush: Flush, uid: String) async throws(JournalError) {
        guard let current = try await find() else {
            // Deleted by somebody; whether the task has a new owner is told by the epochs of the flushes alone.
            _ = try await journal.load()
            return try await open()
        }
        if current.status.complete {
            try await journal.withdraw(flush, uid: uid)
            throw .fenced("it is sealed")
        }
        if let epoch = current.status.head?.epoch, epoch > claim.epoch {
            throw .fenced("its head carries epoch \(epoch), ours is \(claim.epoch)")
        }
        object = current
    }

    /// What is stored, or remembered as stored, put together; throws the first fault.
    package func record() async throws(JournalError) -> ConversationRecord {
        let repair = ConversationRepair(try await load(), identity: location.identity)
        if let fault = repair.fault { throw .corrupt(fault) }
        do {
            // What is stored went through the redactor when it was appended.
            return try ConversationRecord(identity: location.identity, entries: repair.entries) { $0 }
        } catch {
            throw .corrupt(error)
        }
    }

    /// Ends the conversation: segments written and verified, index final, small ConfigMaps gone.
    ///
    /// May be called again after a crash at any point of it.
    package func seal(success: Bool?) async throws(JournalError) -> ConversationRecord {
        let record = try await record()
        let sealer = ConversationSealer(location, epoch: claim.epoch, client: client)
        let stored = try await sealer.seal(record)
        let now = time.wallNow()
        let generation = object?.metadata.generation ?? 0
        try await write { status in
            self.fill(&status, from: record, totals: record.totals.closed)
            status.phase = .complete
            status.complete = true
            status.record(
                .succeeded(.done, "\(record.entries.count) messages sealed and verified"), generation: generation,
                now: now)
            if status.endedAt == nil { status.endedAt = now }
            status.metadata?.success = success
            status.chunks = stored.map { segment in
                var chunk = LLMConversation.Chunk()
                chunk.configMap = segment.configMap
                chunk.firstSeq = Int64(segment.firstSeq)
                chunk.count = Int64(segment.count)
                chunk.bytes = Int64(segment.bytes)
                chunk.sha256 = segment.sha256
                return chunk
            }
        }
        try await sealer.removeFlushes()
        return record
    }

    /// Says that what is stored cannot be put together; what is known of it stays.
    package func markDamaged(_ fault: ConversationFault) async throws(JournalError) {
        let now = time.wallNow()
        let generation = object?.metadata.generation ?? 0
        try await write { status in
            status.phase = .damaged
            status.complete = false
            if status.endedAt == nil { status.endedAt = now }
            status.record(
                .failed(.conversationDamaged, "\(fault); what is left stays as it is, and so do the totals"),
                generation: generation, now: now)
        }
    }

    private func index() async throws(JournalError) {
        let repair = ConversationRepair(Array(flushes.values), identity: location.identity)
        let record: ConversationRecord
        do {
            record = try ConversationRecord(identity: location.identity, entries: repair.entries) { $0 }
        } catch {
            throw .corrupt(error)
        }
        try await write { status in self.fill(&status, from: record, totals: record.totals) }
        if let object { pace.note(size: object.jsonBytes().count) }
    }

    private func fill(
        _ status: inout LLMConversation.Status, from record: ConversationRecord, totals: ConversationTotals
    ) {
        status.totalMessages = record.entries.count
        let usage = totals.usage(isSimulated: description.isSimulated, priceTable: description.priceTable)
        status.usage = usage
        status.cost = totals.cost(isSimulated: description.isSimulated)
        status.recentMessages = record.preview().map { preview in
            var shown = LLMConversation.MessagePreview()
            shown.seq = Int64(preview.seq)
            shown.timestamp = preview.timestamp
            shown.role = MessageRole(rawValue: preview.role.rawValue)
            shown.content = preview.content
            return shown
        }
        var head = status.head ?? LLMConversation.Head()
        head.nextSeq = Int64(record.entries.count + 1)
        head.sha256 = record.head
        status.head = head
        var display = LLMConversation.Display()
        display.model = DisplayText.model(name: description.model.name, isSimulated: description.isSimulated)
        display.tokens = DisplayText.tokens(totals.usage.totalTokens)
        display.cost = DisplayText.cost(usage)
        status.display = display
    }

    private func read() async throws(JournalError) -> LLMConversation {
        guard let found = try await find() else {
            throw .unavailable("LLMConversation \(location.name) was deleted", cause: nil)
        }
        return found
    }

    private func find() async throws(JournalError) -> LLMConversation? {
        do {
            return try await client.get(LLMConversation.self, location.key)
        } catch {
            if error.isNotFound { return nil }
            throw ConfigMapJournal.journalError(error, doing: "read LLMConversation \(location.name)")
        }
    }

    private func write(_ change: (inout LLMConversation.Status) -> Void) async throws(JournalError) {
        for _ in 0..<5 {
            var current: LLMConversation
            if let object { current = object } else { current = try await read() }
            if let epoch = current.status.head?.epoch, epoch > claim.epoch {
                throw .fenced("its head carries epoch \(epoch), ours is \(claim.epoch)")
            }
            var status = current.status
            change(&status)
            status.observedGeneration = current.metadata.generation
            for index in status.conditions.indices {
                status.conditions[index].observedGeneration = current.metadata.generation
            }
            guard
                let difference = JSONMergePatch.diff(from: current.status.jsonValue(), to: status.jsonValue())
            else { return }
            let patch: JSONValue = [
                "metadata": [
                    "uid": .string(current.metadata.uid), "resourceVersion": .string(current.metadata.resourceVersion),
                ],
                "status": difference,
            ]
            do {
                object = try await client.patch(
                    LLMConversation.self, location.key, .merge(patch), subresource: "status",
                    options: WriteOptions(fieldManager: ConfigMapJournal.fieldManager))
                return
            } catch {
                // What was read last may be out of date, or gone, by now.
                object = nil
                guard error.isConflict else {
                    throw ConfigMapJournal.journalError(error, doing: "write its index")
                }
            }
        }
        throw .unavailable("the index of LLMConversation \(location.name) kept changing", cause: nil)
    }
}
