import AIOpsAPI
import Controllers
import Conversations
import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import Primitives
import Testing

@Suite struct ConversationKeeperTests {
    let bench = Bench()
    let task: AIOpsTask
    let location: ConversationLocation

    init() throws {
        task = try bench.store(Fixture.task(phase: .running))
        location = ConversationLocation(task, attempt: 1, retain: .withTask)
    }

    // MARK: Opening

    @Test func openingMakesTheObjectAndWritesTheEpochIntoItsHead() async throws {
        try await bench.keeper(task, epoch: 3).open()
        let object = try #require(try bench.conversation(task))
        #expect(object.status.phase == .active)
        #expect(object.status.head?.epoch == 3)
        #expect(object.spec.taskRef.uid == task.metadata.uid)
        #expect(object.metadata.ownerReferences.map(\.uid) == [task.metadata.uid])
    }

    @Test func aKeptConversationHasNoOwner() async throws {
        try await bench.keeper(task, retain: .keep).open()
        #expect(try bench.conversation(task, retain: .keep)?.metadata.ownerReferences == [])
    }

    /// The task is deleted and applied anew, and its predecessor's conversation is still there: each has its own.
    @Test func aKeptConversationIsInNobodysWay() async throws {
        try await bench.keeper(task, retain: .keep).open()
        var again = task
        again.metadata.uid = "another"
        for retain in [ConversationRetention.keep, .withTask] {
            try await bench.keeper(again, retain: retain).open()
            #expect(try bench.conversation(again, retain: retain)?.spec.taskRef.uid == "another")
        }
        #expect(try bench.conversation(task, retain: .keep)?.spec.taskRef.uid == task.metadata.uid)
        #expect(ConversationLocation(task, attempt: 1, retain: .withTask).name == "\(task.metadata.name)-1")
    }

    /// What a task calls its conversation stays so, whatever the rule for names says later.
    @Test func theNameInTheStatusIsTheName() {
        var known = task
        var link = AIOpsTask.ConversationLink()
        (link.name, link.attempt) = ("as-it-was", 1)
        known.status.conversations = [link]
        #expect(ConversationLocation(known, attempt: 1, retain: .keep).name == "as-it-was")
        #expect(ConversationLocation(known, attempt: 2, retain: .withTask).name == "\(task.metadata.name)-2")
    }

    @Test func aLaterOwnerAdoptsWhatIsThere() async throws {
        try await bench.keeper(task, epoch: 1).open()
        let uid = try bench.conversation(task)?.metadata.uid
        try await bench.keeper(task, epoch: 2).open()
        #expect(try bench.conversation(task)?.metadata.uid == uid)
        #expect(try bench.conversation(task)?.status.head?.epoch == 2)
    }

    @Test func anEarlierOwnerIsFencedAndWritesNothing() async throws {
        let late = bench.keeper(task, epoch: 1)
        try await late.open()
        try await bench.keeper(task, epoch: 2).open()
        let before = bench.server.resourceVersion
        for attempt in [bench.keeper(task, epoch: 1), late] {
            let error = await #expect(throws: JournalError.self) { try await attempt.open() }
            guard case .fenced = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        #expect(bench.server.resourceVersion == before)
    }

    @Test func aConversationOfAnotherTaskIsRefused() async throws {
        var spec = LLMConversation.Spec()
        spec.taskRef.uid = "another"
        bench.server.put(
            LLMConversation(metadata: ObjectMeta(name: location.name, namespace: "demo"), spec: spec))
        await #expect(throws: JournalError.self) { try await bench.keeper(task).open() }
        #expect(try bench.conversation(task)?.status.head == nil)
    }

    /// A worker that lost the task stops before it does what its flush announces, and leaves nothing behind the seal.
    @Test(arguments: [false, true])
    func aLateFlushOfAFormerOwnerIsFenced(isSealed: Bool) async throws {
        let former = bench.keeper(task, epoch: 1)
        try await former.open()
        let flushes = Bench.flushes(location.identity, 2)
        try await former.append(flushes[0])
        let heir = bench.keeper(task, epoch: 2)
        try await heir.open()
        if isSealed { _ = try await heir.seal(success: true) }
        let error = await #expect(throws: JournalError.self) { try await former.append(flushes[1]) }
        guard case .fenced = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let record = try await bench.keeper(task, epoch: 3).record()
        #expect(record.entries.count == (isSealed ? 1 : 2))
    }

    // MARK: The seal

    @Test func sealingLeavesOneVerifiedSegment() async throws {
        let keeper = bench.keeper(task)
        try await keeper.open()
        let flushes = Bench.flushes(location.identity, 6)
        for flush in flushes { try await keeper.append(flush) }
        let record = try await keeper.seal(success: true)
        #expect(record.entries == flushes.flatMap(\.entries))
        #expect(bench.maps == ["\(location.identity)-segment-000000"])
        let status = try #require(try bench.conversation(task)?.status)
        #expect(status.complete)
        #expect(status.chunks.map(\.configMap) == bench.maps)
        #expect(status.chunks.map(\.count) == [6])
        #expect(try await keeper.record().entries == record.entries)
    }

    /// I3: whatever happens to the segment on its way, nothing is deleted before it was read back whole.
    @Test(arguments: ["something else", "nothing", "a beginning that ends within a line"])
    func flushesStayWhenTheSegmentIsNotWhatWasWritten(what: String) async throws {
        let keeper = bench.keeper(task)
        try await keeper.open()
        let flushes = Bench.flushes(location.identity, 4)
        for flush in flushes { try await keeper.append(flush) }
        let name = "\(location.identity)-segment-000000"
        let lines =
            switch what {
            case "something else": "something else\n"
            case "nothing": ""
            default: String(decoding: flushes.flatMap(\.bytes).dropLast(9), as: UTF8.self)
            }
        bench.server.put(
            ConfigMap(metadata: ObjectMeta(name: name, namespace: "demo"), data: ["messages.jsonl": lines]))
        await #expect(throws: JournalError.self) { try await keeper.seal(success: true) }
        #expect(bench.maps.count == 5)
        #expect(try bench.conversation(task)?.status.complete == false)
    }

    /// Named as there and then not found: somebody deleted it in between, and the next try writes it.
    @Test func aSegmentThatIsGoneWhenItIsReadBackIsWrittenAgain() async throws {
        let keeper = bench.keeper(task)
        try await keeper.open()
        try await keeper.append(Bench.flushes(location.identity, 1)[0])
        bench.server.inject(.answer(Status(code: 409, reason: "AlreadyExists", message: "it is there"))) {
            $0.type == .configMaps && $0.verb == "create" && $0.name.contains("-segment-")
        }
        let error = await #expect(throws: JournalError.self) { try await keeper.seal(success: true) }
        #expect(error?.isRetryable == true)
        _ = try await keeper.seal(success: true)
        #expect(try bench.conversation(task)?.status.phase == .complete)
    }

    /// A missing message is never sealed over.
    @Test func aGapIsNotSealed() async throws {
        let keeper = bench.keeper(task)
        try await keeper.open()
        for flush in Bench.flushes(location.identity, 4) { try await keeper.append(flush) }
        bench.server.remove(
            .configMaps, ObjectKey(namespace: "demo", name: "\(location.identity)-000002"))
        let heir = bench.keeper(task)
        try await heir.open()
        await #expect(throws: JournalError.self) { try await heir.seal(success: true) }
        #expect(bench.maps.count == 3)
    }

    /// The end of a chain can be cut off without a trace in what is left; the index knows how long it was.
    @Test(arguments: [1, 4]) func aRecordThatLostItsEndIsNeitherSealedNorContinued(lost: Int) async throws {
        let keeper = bench.keeper(task)
        try await keeper.open()
        for flush in Bench.flushes(location.identity, 4) {
            bench.time.advance(by: .seconds(60))
            try await keeper.append(flush)
        }
        for map in bench.maps.suffix(lost) {
            bench.server.remove(.configMaps, ObjectKey(namespace: "demo", name: map))
        }
        let heir = bench.keeper(task, epoch: 2)
        try await heir.open()
        for attempt in ["load", "seal"] {
            let error = await #expect(throws: JournalError.self) {
                if attempt == "seal" { _ = try await heir.seal(success: true) } else { _ = try await heir.load() }
            }
            guard case .corrupt(let fault) = error else {
                Issue.record("\(attempt): \(String(describing: error))")
                continue
            }
            #expect(fault == ConversationFault(seq: 5 - lost, kind: .missing))
        }
        #expect(try bench.conversation(task)?.status.totalMessages == 4)
    }

    // MARK: What a user or the store does to it

    /// F39: somebody deletes what is stored while its writer lives.
    ///
    /// The writer knows what it wrote.
    @Test(arguments: ["a flush", "all flushes", "the object", "everything"])
    func whatIsDeletedUnderItsWriterIsNoLoss(what: String) async throws {
        let keeper = bench.keeper(task)
        try await keeper.open()
        let flushes = Bench.flushes(location.identity, 5)
        for flush in flushes.prefix(3) { try await keeper.append(flush) }
        let maps = what == "a flush" ? [bench.maps[1]] : what == "the object" ? [] : bench.maps
        for map in maps { bench.server.remove(.configMaps, ObjectKey(namespace: "demo", name: map)) }
        if what == "the object" || what == "everything" {
            bench.server.remove(LLMConversation.resourceType, location.key)
        }
        for flush in flushes.suffix(2) { try await keeper.append(flush) }
        _ = try await keeper.seal(success: true)
        let status = try #require(try bench.conversation(task)?.status)
        #expect(status.complete && status.totalMessages == 5 && status.head?.epoch == 1)
        let journal = ConfigMapJournal(location, epoch: 2, client: bench.client)
        let repair = ConversationRepair(try await journal.load(), identity: location.identity)
        #expect(repair.fault == nil && repair.entries == flushes.flatMap(\.entries))
        #expect(bench.maps == ["\(location.identity)-segment-000000"])
    }

    /// What stands under the name of a message but is not what was written is found out, and not written over.
    @Test func aForgedFlushIsADamage() async throws {
        let keeper = bench.keeper(task)
        try await keeper.open()
        for flush in Bench.flushes(location.identity, 3) { try await keeper.append(flush) }
        var other = ConversationRecord(identity: location.identity) { $0 }
        let forged = other.append([
            ConversationMessage(timestamp: Fixture.now, role: .user, content: "I never said that")
        ])
        bench.server.modify(.configMaps, ObjectKey(namespace: "demo", name: bench.maps[0])) {
            $0["data", "messages.jsonl"] = .string(String(decoding: forged.bytes, as: UTF8.self))
        }
        let error = await #expect(throws: JournalError.self) { try await keeper.seal(success: true) }
        guard case .corrupt = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    /// The answer to a write is lost, or the look at the head after it fails: the next try finds the flush stored, and
    /// must look at the head all the same.
    @Test(arguments: ["the answer of the write", "the look at the head"], [false, true])
    func aRepeatedAppendIsFencedLikeTheFirst(what: String, hasHeir: Bool) async throws {
        let keeper = bench.keeper(task, epoch: 1)
        try await keeper.open()
        let flush = Bench.flushes(location.identity, 1)[0]
        if what == "the answer of the write" {
            bench.server.inject(.loseReply(.reset(bytesSeen: true, "gone"))) {
                $0.type == .configMaps && $0.verb == "create"
            }
        } else {
            bench.server.inject(.lose(.connect("refused")), times: 10) {
                $0.type == LLMConversation.resourceType && $0.verb == "get"
            }
        }
        let error = await #expect(throws: JournalError.self) { try await keeper.append(flush) }
        #expect(error?.isRetryable == true)
        bench.server.forgetFaults()
        if hasHeir { try await bench.keeper(task, epoch: 2).open() }
        do {
            try await keeper.append(flush)
            #expect(!hasHeir)
        } catch {
            guard case .fenced = error else { throw error }
            #expect(hasHeir)
        }
        #expect(bench.maps.count == 1)
    }

    @Test(arguments: [
        (403, "Forbidden", "exceeded quota: limits", "full"),
        (500, "InternalError", "etcdserver: mvcc: database space exceeded", "full"),
        (403, "Forbidden", "may not create configmaps", "refused"),
        (503, "ServiceUnavailable", "starting", "unavailable"),
    ])
    func aStoreThatSaysNoIsUnderstood(code: Int, reason: String, message: String, expected: String) async throws {
        let keeper = bench.keeper(task)
        try await keeper.open()
        bench.server.inject(.answer(Status(code: code, reason: reason, message: message)), times: 10) {
            $0.type == .configMaps && $0.isWrite
        }
        do {
            try await keeper.append(Bench.flushes(location.identity, 1)[0])
            Issue.record("stored")
        } catch {
            let kind =
                switch error {
                case .full: "full"
                case .refused: "refused"
                case .unavailable: "unavailable"
                default: "\(error)"
                }
            #expect(kind == expected && error.isRetryable == (expected == "unavailable"))
        }
    }

    @Test(arguments: [true, false])
    func aCrashAtAnyWriteOfTheSealEndsTheSame(isBefore: Bool) async throws {
        var number = 1
        var crashes = 0
        while true {
            let rehearsal = try ConversationKeeperTests()
            let crashed = try await rehearsal.sealWithCrash(
                at: isBefore ? .deathBefore(.number(number)) : .deathAfter(.number(number)))
            try await rehearsal.expectSealed("write \(number)")
            if !crashed { break }
            crashes += 1
            number += 1
        }
        // One segment, the index, three flushes.
        #expect(crashes >= 5)
    }

    private func sealWithCrash(at event: ProcessLink.Event) async throws -> Bool {
        let first = bench.keeper(task)
        try await first.open()
        for flush in Bench.flushes(location.identity, 3) { try await first.append(flush) }
        let dying = bench.keeper(task, client: bench.client(event))
        do {
            _ = try await dying.seal(success: true)
            return false
        } catch {
            let heir = bench.keeper(task, epoch: 2)
            try await heir.open()
            _ = try await heir.seal(success: true)
            return true
        }
    }

    private func expectSealed(_ what: Comment) async throws {
        #expect(bench.maps == ["\(location.identity)-segment-000000"], what)
        let status = try #require(try bench.conversation(task)?.status)
        #expect(status.complete && status.phase == .complete && status.totalMessages == 3, what)
        let journal = ConfigMapJournal(location, epoch: 2, client: bench.client)
        let repair = ConversationRepair(try await journal.load(), identity: location.identity)
        #expect(repair.fault == nil && repair.entries.count == 3, what)
    }
}
