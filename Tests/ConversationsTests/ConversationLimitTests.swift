import Conversations
import JSON
import Primitives
import Testing

/// A conversation that is let grow to its limit can always be sealed, and its index always be stored.
struct ConversationLimitTests {
    /// Everything at its bound, every byte of it escaped in the worst way.
    private func longest() -> ConversationMessage {
        let worst = String(repeating: "\u{1}", count: 200_000)
        var made = ConversationMessage(
            timestamp: Timestamp(microseconds: 1_800_000_000_123_456), role: .assistant, content: worst)
        made.toolCalls = (0..<9).map { MessageCall(id: "call_\($0)", name: "exec_shell", arguments: worst) }
        made.toolCallID = "call_1"
        made.reasoning = [["signature": .string(String(repeating: "\u{1}", count: 2_700))]]
        made.functionName = "exec_shell"
        made.functionArguments = .string(worst)
        made.functionResult = .string(worst)
        made.metadata = ["x": .string(worst)]
        made.usage = MessageUsage(
            inputTokens: .max, outputTokens: .max, cacheReadTokens: .max, cacheWriteTokens: .max, reasoningTokens: .max)
        made.cost = MessageCost(inputNanoUSD: .max, outputNanoUSD: .max, totalNanoUSD: .max, source: "table 2026-08")
        made.reservation = CallReservation(tokens: .max, nanoUSD: .max)
        made.latencyMilliseconds = .max
        return made
    }

    /// What makes a value a secret may be the name before it.
    @Test(arguments: [
        #"{"password":"correct-horse-1"}"#, #"{"deep":{"password": "correct-horse-1"}}"#, #"{"password":"#,
    ])
    func aSecretIsFoundByItsNameInTheArgumentsOfACall(arguments: String) {
        let call = MessageCall(id: "c", name: "exec_shell", arguments: arguments)
        let kept = MessageBounds().admit([call]) { $0.contains(#""password":"#) ? "hidden" : $0 }
        #expect(kept.map(\.arguments) == ["hidden"])
    }

    @Test func noLineIsLongerThanTheLimitReckonsWith() {
        var record = ConversationRecord(identity: "a") { $0 }
        _ = record.append([longest()])
        let line = record.entries[0].line.count
        #expect(line <= ConversationLimit.longestLine)
        #expect(ConversationLimit.longestLine < Segment.maximumBytes / 4 * 3)
    }

    /// The worst filling of segments: each is closed by a line that would just not have fitted, but the last and one that
    /// was sealed before a message came in between.
    @Test func theLimitFitsTheIndex() {
        let least = Segment.maximumBytes - ConversationLimit.longestLine
        #expect(ConversationLimit.bytes / least + 2 <= ConversationLimit.segments)
    }

    @Test(arguments: [-1, 0, 1])
    func aSegmentIsFullToTheByte(surplus: Int) {
        var record = ConversationRecord(identity: "a") { $0 }
        for _ in 0..<4 { _ = record.append([longest()]) }
        let two = record.entries.prefix(2).reduce(0) { $0 + $1.line.count + 1 }
        let segments = record.seal(maximumBytes: two + surplus)
        #expect(segments.map(\.count) == (surplus < 0 ? [1, 1, 1, 1] : [2, 2]))
        #expect(segments.flatMap(\.bytes) == record.entries.flatMap { $0.line + [10] })
    }
}
