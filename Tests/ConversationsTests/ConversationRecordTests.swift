import Conversations
import JSON
import Primitives
import Testing

private func plain(_ text: String) -> String { text }

private func message(_ content: String, role: ConversationMessage.Role = .user) -> ConversationMessage {
    ConversationMessage(timestamp: Timestamp(microseconds: 1_800_000_000_123_456), role: role, content: content)
}

/// A conversation of random shape: flush sizes, roles, usage, awkward characters.
private func randomConversation(seed: UInt64) -> (record: ConversationRecord, flushes: [Flush]) {
    var generator = SeededGenerator(seed: seed)
    var record = ConversationRecord(identity: "uid-\(seed)", redact: plain)
    var flushes: [Flush] = []
    let pieces = ["a", "é", "\n", "\"", "\\", "👩‍👩‍👧", "\u{0}", "日本", "| ", "e\u{301}"]
    for _ in 0..<Int.random(in: 1...12, using: &generator) {
        let messages = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
            var made = message(
                (0..<Int.random(in: 0...200, using: &generator)).map { _ in
                    pieces.randomElement(using: &generator) ?? ""
                }.joined(),
                role: ConversationMessage.Role.allCases.randomElement(using: &generator) ?? .user)
            if Bool.random(using: &generator) {
                made.usage = MessageUsage(
                    inputTokens: .random(in: 0...9, using: &generator),
                    outputTokens: .random(in: 0...9, using: &generator),
                    reasoningTokens: 1)
                made.cost = MessageCost(inputNanoUSD: 1, outputNanoUSD: 2, totalNanoUSD: 3, source: "table")
            }
            if Bool.random(using: &generator) { made.reservation = CallReservation(tokens: 100, nanoUSD: 7) }
            if Bool.random(using: &generator) { made.functionArguments = ["z": 1, "a": ["x", nil]] }
            if Bool.random(using: &generator) { made.metadata = ["step": 3, "phase": "x"] }
            if Bool.random(using: &generator) {
                made.toolCalls = (0..<Int.random(in: 1...3, using: &generator)).map {
                    MessageCall(id: "c\($0)", name: "n", arguments: pieces.randomElement(using: &generator) ?? "")
                }
                made.reasoning = [["a": 1], "b"]
            }
            if Bool.random(using: &generator) { made.toolCallID = "c0" }
            return made
        }
        flushes.append(record.append(messages))
    }
    return (record, flushes)
}

struct ConversationRecordTests {
    @Test(arguments: 0..<60 as Range<UInt64>)
    func whatIsStoredComesBackWhole(seed: UInt64) throws {
        let (record, flushes) = randomConversation(seed: seed)
        let stored = try flushes.map { flush throws(ConversationFault) in try Flush(parsing: flush.bytes) }
        #expect(stored == flushes)
        var generator = SeededGenerator(seed: seed)
        let repair = ConversationRepair(
            stored.shuffled(using: &generator) + stored.prefix(1), identity: record.identity)
        #expect(repair.fault == nil)
        let restored = try ConversationRecord(identity: record.identity, entries: repair.entries, redact: plain)
        #expect(restored.entries == record.entries && restored.totals == record.totals && restored.head == record.head)
        #expect(restored.messages.map(\.seq) == Array(1...record.entries.count))
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func anyChangeIsNoticedAtItsPlace(seed: UInt64) throws {
        let (record, _) = randomConversation(seed: seed)
        var generator = SeededGenerator(seed: seed)
        let victim = Int.random(in: 0..<record.entries.count, using: &generator)
        let line = String(decoding: record.entries[victim].line, as: UTF8.self)
        let edited = line.replacing("2027-01-15T08:00:00.123456Z", with: "2027-01-15T08:00:00.123457Z")
        #expect(edited != line)
        var entries = record.entries
        entries[victim] = try ChainedMessage(line: Array(edited.utf8))
        #expect(
            ConversationRecord.verify(entries, identity: record.identity)
                == ConversationFault(seq: victim + 1, kind: .brokenChain))
        entries.remove(at: victim)
        let fault = ConversationRecord.verify(entries, identity: record.identity)
        // A missing tail leaves a whole conversation; the totals in status tell that one.
        #expect(fault == (victim == entries.count ? nil : ConversationFault(seq: victim + 1, kind: .missing)))
        #expect(ConversationRecord.verify(record.entries, identity: "another")?.seq == 1)
        if record.entries.count > 1 {
            var swapped = record.entries
            swapped.swapAt(0, 1)
            #expect(
                ConversationRecord.verify(swapped, identity: record.identity)
                    == ConversationFault(seq: 1, kind: .outOfOrder(found: 2)))
        }
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func repairKeepsExactlyWhatStandsBeforeALostFlush(seed: UInt64) {
        let (record, flushes) = randomConversation(seed: seed)
        for lost in flushes.indices {
            var left = flushes
            let gone = left.remove(at: lost)
            let repair = ConversationRepair(left, identity: record.identity)
            #expect(repair.entries == Array(record.entries.prefix(gone.firstSeq - 1)))
            #expect((repair.fault == nil) == (lost == flushes.count - 1))
        }
    }

    @Test func aSecondTruthForANumberIsAConflict() {
        var one = ConversationRecord(identity: "a", redact: plain)
        var other = one
        let first = one.append([message("one")])
        let second = other.append([message("other")])
        #expect(
            ConversationRepair([first, second], identity: "a").fault == ConversationFault(seq: 1, kind: .conflicting))
    }

    @Test func segmentsReplaceTheSmallFlushesTheyHold() throws {
        let (record, flushes) = randomConversation(seed: 3)
        let sealed = try record.seal().map { segment throws(ConversationFault) in try Flush(parsing: segment.bytes) }
        let repair = ConversationRepair(flushes + sealed, identity: record.identity)
        #expect(repair.fault == nil && repair.entries == record.entries)
        #expect(repair.redundant.count == flushes.count)
    }

    @Test(arguments: [1, 300, 2_000, 1 << 19])
    func segmentsAreBoundedAndLoseNothing(limit: Int) {
        let (record, _) = randomConversation(seed: 11)
        let segments = record.seal(maximumBytes: limit)
        #expect(segments.flatMap(\.bytes) == record.entries.flatMap { $0.line + [10] })
        #expect(segments.allSatisfy { $0.bytes.count <= limit || $0.count == 1 })
        #expect(segments.map(\.count).reduce(0, +) == record.entries.count)
        #expect(limit < 1 << 19 || segments.count == 1)
    }

    @Test func theLongestPossibleLineFitsASegment() {
        var record = ConversationRecord(identity: "a", redact: plain)
        let worst = String(repeating: "\u{1}", count: 200_000)
        var made = message(worst)
        made.functionArguments = .string(worst)
        made.functionResult = .string(worst)
        made.metadata = ["x": .string(worst)]
        _ = record.append([made])
        #expect(record.entries[0].line.count < Segment.maximumBytes)
    }

    @Test func oversizeIsCutAfterRedactionAndOwnsUpToIt() {
        let secret = "sk-verysecret"
        let redact: Redaction = { $0.replacing(secret, with: "[redacted]") }
        var record = ConversationRecord(identity: "a", bounds: MessageBounds(content: 10, value: 400), redact: redact)
        var made = message("12345" + secret + "tail")
        made.functionArguments = ["command": .string("echo \(secret)")]
        made.metadata = [secret: 1]
        let stored = record.append([made]).messages[0]
        #expect(stored.content == "12345[reda")
        #expect(
            stored.truncation
                == Truncation(originalBytes: 19, sha256: SHA256Digest.of("12345[redacted]tail").hex))
        #expect(!String(decoding: record.entries[0].line, as: UTF8.self).contains(secret))
    }

    @Test func thePreviewHoldsTheLastFiveCutBetweenCharacters() {
        var record = ConversationRecord(identity: "a", redact: plain)
        for number in 1...7 { _ = record.append([message(String(repeating: "👩‍👩‍👧", count: number * 10))]) }
        let preview = record.preview()
        #expect(preview.map(\.seq) == [3, 4, 5, 6, 7])
        for shown in preview {
            #expect(shown.content.utf8.count <= 512)
            #expect(shown.content.allSatisfy { $0 == "👩‍👩‍👧" || $0 == "…" })
        }
        #expect(preview[4].content.hasSuffix("…") && !preview[0].content.isEmpty)
    }

    @Test func totalsNeverForgetAReservedCall() {
        var record = ConversationRecord(identity: "a", redact: plain)
        func reserve(_ tokens: Int64, _ nano: Int64) -> ConversationMessage {
            var made = message("x")
            made.reservation = CallReservation(tokens: tokens, nanoUSD: nano)
            return made
        }
        _ = record.append([reserve(100, 10)])
        #expect(record.totals.chargedTokens == 100 && record.totals.chargedNanoUSD == 10)
        var reply = message("y", role: .assistant)
        reply.usage = MessageUsage(inputTokens: 3, outputTokens: 4)
        reply.cost = MessageCost(inputNanoUSD: 1, outputNanoUSD: 1, totalNanoUSD: 2, source: "t")
        _ = record.append([reply])
        #expect(record.totals.chargedTokens == 7 && record.totals.chargedNanoUSD == 2)
        _ = record.append([reserve(100, 10)])
        _ = record.append([reserve(200, 20)])
        #expect(
            record.totals.lostCalls == 1 && record.totals.chargedTokens == 307 && record.totals.chargedNanoUSD == 32)
        var released = message("z", role: .system)
        released.releasesReservation = true
        _ = record.append([released])
        #expect(record.totals.chargedTokens == 107 && record.totals.chargedNanoUSD == 12)
        reply.cost = nil
        _ = record.append([reply])
        #expect(record.totals.callsOfUnknownCost == 1 && record.totals.calls == 2)
        #expect(record.totals.closed == record.totals && record.totals.lostCallsOfUnknownCost == 0)
        var unpriced = message("x")
        unpriced.reservation = CallReservation(tokens: 50, nanoUSD: nil)
        _ = record.append([unpriced])
        // Whatever is open when all is over was lost.
        let closed = record.totals.closed
        #expect(record.totals.lostCalls == 1 && closed.lostCalls == 2 && closed.lostCallsOfUnknownCost == 1)
        #expect(closed.open == nil && closed.chargedTokens == record.totals.chargedTokens)
    }

    @Test(
        arguments: [
            "", "{}", "not json", #"{"seq":1,"hash":"00"}"#,
            #"{"seq":1,"timestamp":"x","role":"user","content":"","hash":""# + String(repeating: "0", count: 64)
                + #""}"#,
        ])
    func damagedLinesAreFaultsNotTraps(line: String) {
        #expect(throws: (any Error).self) { try ChainedMessage(line: Array(line.utf8)) }
    }
}
