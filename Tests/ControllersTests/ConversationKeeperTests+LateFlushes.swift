import AIOpsAPI
import Controllers
import Conversations
import JSON
import KubernetesModel
import KubernetesTesting
import Primitives
import Testing

/// A create that was on its way when its writer was stopped arrives while the conversation is sealed.
extension ConversationKeeperTests {
    private func append(_ flush: Flush) async throws {
        try await ConfigMapJournal(location, epoch: 1, client: bench.client).append(flush)
    }

    /// Flushes of half a kilobyte, or so large that ten of them fill a segment.
    private func flushes(_ count: Int, areLarge: Bool) -> [Flush] {
        var record = ConversationRecord(identity: location.identity) { $0 }
        return (0..<count).map { number in
            let text = "message \(number) " + String(repeating: "x", count: areLarge ? 48_000 : 400)
            return record.append([ConversationMessage(timestamp: Fixture.now, role: .user, content: text)])
        }
    }

    /// Seals up to the index, which the server does not take.
    private func sealInVain(_ keeper: ConversationKeeper) async throws {
        bench.server.inject(.answer(Status(code: 503, reason: "ServiceUnavailable", message: "slow")), times: 100) {
            $0.type == LLMConversation.resourceType && $0.verb == "patch" && $0.body["status", "complete"] == true
        }
        let error = await #expect(throws: JournalError.self) { try await keeper.seal(success: false) }
        #expect(error?.isRetryable == true)
        bench.server.forgetFaults()
    }

    private func expectSealed(_ flushes: [Flush], in counts: [Int], _ what: Comment? = nil) async throws {
        let status = try #require(try bench.conversation(task)).status
        #expect(status.complete && status.phase == .complete && status.totalMessages == flushes.count, what)
        #expect(status.chunks.map(\.count) == counts.map { Int64($0) }, what)
        #expect(bench.maps.sorted() == status.chunks.map(\.configMap), what)
        let maps = try bench.server.objects(ConfigMap.self, namespace: "demo").sorted {
            $0.metadata.name < $1.metadata.name
        }
        #expect(try maps.map { SHA256Digest.of(try $0.conversationLines()).hex } == status.chunks.map(\.sha256), what)
        let stored = try await StoredConversation.read(location.key, bench.client)
        #expect(stored.fault == nil && stored.messages.map(\.seq) == Array(1...flushes.count), what)
        #expect(stored.head == flushes.last?.entries.last?.hash, what)
    }

    /// Each try finds the segments of those before it, and one message more than they hold.
    @Test(arguments: [false, true], [1, 3])
    func whatArrivesBetweenTheSegmentsAndTheIndexIsSealedBehindThem(areLarge: Bool, tries: Int) async throws {
        let flushes = flushes(15 + tries, areLarge: areLarge)
        let keeper = bench.keeper(task)
        try await keeper.open()
        for flush in flushes.prefix(15) { try await keeper.append(flush) }
        for late in flushes.suffix(tries) {
            try await sealInVain(keeper)
            try await append(late)
            try await keeper.open()
        }
        #expect(try await keeper.seal(success: false).entries.count == flushes.count)
        try await expectSealed(flushes, in: (areLarge ? [10, 5] : [15]) + Array(repeating: 1, count: tries))
    }

    /// Another process goes on after a crash, and seals what the first did not know.
    @Test(arguments: [true, false])
    func aCrashAtAnyWriteOfTheSecondTryEndsTheSame(isBefore: Bool) async throws {
        var crashes = 0
        while true {
            let number = crashes + 1
            let rehearsal = try ConversationKeeperTests()
            let crashed = try await rehearsal.secondTry(
                isBefore ? .deathBefore(.number(number)) : .deathAfter(.number(number)))
            try await rehearsal.expectSealed(rehearsal.flushes(4, areLarge: false), in: [3, 1], "write \(number)")
            if !crashed { break }
            crashes += 1
        }
        // Two segments, the index, four flushes.
        #expect(crashes >= 7)
    }

    private func secondTry(_ event: ProcessLink.Event) async throws -> Bool {
        let flushes = flushes(4, areLarge: false)
        let first = bench.keeper(task)
        try await first.open()
        for flush in flushes.prefix(3) { try await first.append(flush) }
        try await sealInVain(first)
        try await append(flushes[3])
        do {
            _ = try await bench.keeper(task, client: bench.client(event)).seal(success: false)
            return false
        } catch {
            let heir = bench.keeper(task, epoch: 2)
            try await heir.open()
            _ = try await heir.seal(success: false)
            return true
        }
    }
}
