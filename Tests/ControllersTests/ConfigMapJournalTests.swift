import AIOpsAPI
import Controllers
import Conversations
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import Testing

@Suite struct ConfigMapJournalTests {
    private let bench = Bench()
    private let location: ConversationLocation
    private let flushes: [Flush]

    init() throws {
        location = ConversationLocation(try bench.store(Fixture.task(phase: .running)), attempt: 1, retain: .withTask)
        flushes = Bench.flushes(location.identity, 4)
    }

    private func journal(epoch: Int64 = 1) -> ConfigMapJournal {
        ConfigMapJournal(location, epoch: epoch, client: bench.client)
    }

    @Test func whatIsAppendedIsLoadedWithItsOwner() async throws {
        for flush in flushes { try await journal().append(flush) }
        #expect(try await journal().load() == flushes)
        let map = try #require(try bench.server.objects(ConfigMap.self, namespace: "demo").first)
        #expect(map.immutable == true)
        #expect(map.metadata.ownerReferences.map(\.uid) == [location.taskUID])
    }

    /// I3: a number is written once, by whoever comes first; the same words again are the same words.
    @Test func anotherFlushOfTheSameNumberIsAConflict() async throws {
        try await journal().append(flushes[0])
        try await journal().append(flushes[0])
        var record = ConversationRecord(identity: location.identity) { $0 }
        let other = record.append([ConversationMessage(timestamp: Fixture.now, role: .user, content: "other words")])
        let error = await #expect(throws: JournalError.self) { try await journal().append(other) }
        guard case .conflict(firstSeq: 1) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try await journal().load() == [flushes[0]])
    }

    @Test func aFlushOfALaterOwnerFencesUsOut() async throws {
        try await journal(epoch: 1).append(flushes[0])
        try await journal(epoch: 2).append(flushes[1])
        #expect(try await journal(epoch: 2).load().count == 2)
        let error = await #expect(throws: JournalError.self) { try await journal(epoch: 1).load() }
        guard case .fenced = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func segmentsAndFlushesLoadTogether() async throws {
        for flush in flushes { try await journal().append(flush) }
        let record = try ConversationRecord(identity: location.identity, entries: flushes.flatMap(\.entries)) { $0 }
        _ = try await ConversationSealer(location, epoch: 1, client: bench.client).seal(record)
        let repair = ConversationRepair(try await journal().load(), identity: location.identity)
        #expect(repair.fault == nil)
        #expect(repair.entries == record.entries)
    }

    @Test func aMissingFlushIsNoticed() async throws {
        for flush in flushes { try await journal().append(flush) }
        let victim = try #require(bench.maps.sorted().dropFirst().first)
        bench.server.remove(.configMaps, ObjectKey(namespace: "demo", name: victim))
        let repair = ConversationRepair(try await journal().load(), identity: location.identity)
        #expect(repair.fault == ConversationFault(seq: 2, kind: .missing))
    }
}
