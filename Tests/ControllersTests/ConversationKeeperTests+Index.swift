import AIOpsAPI
import Controllers
import Conversations
import KubernetesModel
import KubernetesTesting
import Primitives
import Testing

/// How often the index of a conversation is written, and what then stands in it.
extension ConversationKeeperTests {
    private func indexWrites() -> Int {
        bench.server.writes.count { $0.type == LLMConversation.resourceType && $0.verb == "patch" }
    }

    /// Flushes of which one is worth an index.
    private func largeFlushes(_ count: Int) -> [Flush] {
        var record = ConversationRecord(identity: location.identity) { $0 }
        return (0..<count).map { number in
            let text = "message \(number) " + String(repeating: "x", count: 40_000)
            return record.append([ConversationMessage(timestamp: Fixture.now, role: .user, content: text)])
        }
    }

    @Test func theIndexIsWrittenAtMostEveryTenSeconds() async throws {
        let keeper = bench.keeper(task)
        try await keeper.open()
        let flushes = largeFlushes(5)
        let opened = indexWrites()
        bench.time.advance(by: .milliseconds(9999))
        try await keeper.append(flushes[0])
        #expect(indexWrites() == opened)
        bench.time.advance(by: .milliseconds(1))
        try await keeper.append(flushes[1])
        #expect(indexWrites() == opened + 1)
        bench.time.advance(by: .milliseconds(9999))
        try await keeper.append(flushes[2])
        #expect(indexWrites() == opened + 1)
        bench.time.advance(by: .milliseconds(1))
        try await keeper.append(flushes[3])
        #expect(indexWrites() == opened + 2)
        #expect(try bench.conversation(task)?.status.totalMessages == 4)
        #expect(try bench.conversation(task)?.status.recentMessages.map(\.seq) == [1, 2, 3, 4])
    }

    /// An index is several times what a short message takes.
    @Test func ofShortMessagesTheIndexIsWrittenOnceAMinute() async throws {
        let keeper = bench.keeper(task)
        try await keeper.open()
        let opened = indexWrites()
        for flush in Bench.flushes(location.identity, 61) {
            bench.time.advance(by: .seconds(10))
            try await keeper.append(flush)
        }
        // After ten seconds the first.
        #expect(indexWrites() == opened + 11)
        #expect(try bench.conversation(task)?.status.totalMessages == 61)
    }

    @Test func aConflictIsReadAgainAndGoesOn() async throws {
        let keeper = bench.keeper(task)
        try await keeper.open()
        let before = indexWrites()
        bench.server.inject(.answer(Status(code: 409, reason: "Conflict", message: "changed"))) {
            $0.type == LLMConversation.resourceType && $0.verb == "patch"
        }
        bench.time.advance(by: .seconds(10))
        try await keeper.append(Bench.flushes(location.identity, 1)[0])
        #expect(indexWrites() == before + 2)
        #expect(try bench.conversation(task)?.status.totalMessages == 1)
    }
}
