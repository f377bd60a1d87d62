import AIOpsAPI
import Controllers
import Conversations
import JSON
import KubernetesModel
import KubernetesTesting
import Primitives
import Testing

/// What is sealed is compressed where that makes it smaller, and read whichever way it is stored.
extension ConversationKeeperTests {
    /// Before a crash, another version may have stored the same lines in another way.
    @Test func aSegmentInPlainTextFromBeforeACrashIsTaken() async throws {
        let keeper = bench.keeper(task)
        try await keeper.open()
        let flushes = Bench.flushes(location.identity, 4)
        for flush in flushes { try await keeper.append(flush) }
        let name = "\(location.identity)-segment-000000"
        let lines = String(decoding: flushes.flatMap(\.bytes), as: UTF8.self)
        bench.server.put(
            ConfigMap(
                metadata: ObjectMeta(
                    name: name, namespace: "demo", labels: [ConversationLocation.label: location.identity]),
                data: ["messages.jsonl": lines], immutable: true))
        _ = try await keeper.seal(success: true)
        #expect(bench.maps == [name])
        #expect(try await bench.keeper(task, epoch: 2).record().entries == flushes.flatMap(\.entries))
    }

    /// Half a megabyte and more in one segment each, none of it twice in the store for good.
    @Test(arguments: [false, true]) func segmentsAreCompressedWhereThatMakesThemSmaller(isNoise: Bool) async throws {
        let keeper = bench.keeper(task)
        try await keeper.open()
        var record = ConversationRecord(identity: location.identity) { $0 }
        var generator = SeededGenerator(seed: 5)
        // Without what a line would have to escape.
        let printable = [UInt8](0x23...0x7E).filter { $0 != UInt8(ascii: "\\") }
        for number in 0..<30 {
            let noise = String(
                decoding: (0..<36_000).map { _ in printable[Int.random(in: printable.indices, using: &generator)] },
                as: UTF8.self)
            let text = isNoise ? noise : String(repeating: "web-\(number) 1/1 Running\n", count: 2_000)
            try await keeper.append(
                record.append([ConversationMessage(timestamp: Fixture.now, role: .function, content: text)]))
        }
        _ = try await keeper.seal(success: true)
        let maps = try bench.server.objects(ConfigMap.self, namespace: "demo")
        let whole = record.entries.reduce(0) { $0 + $1.line.count + 1 }
        let stored = maps.reduce(0) { $0 + $1.jsonBytes().count }
        #expect(maps.count == 3 && maps.allSatisfy { $0.immutable == true })
        #expect(maps.allSatisfy { $0.data.isEmpty != isNoise && $0.binaryData.isEmpty == isNoise })
        #expect(isNoise ? stored < whole + 3_000 : stored < whole / 20)
        // What the index says of a segment is said of its lines.
        let chunks = try #require(try bench.conversation(task)?.status.chunks)
        #expect(chunks.reduce(0) { $0 + $1.bytes } == Int64(whole))
        #expect(
            try chunks.map(\.sha256)
                == maps.sorted { $0.metadata.name < $1.metadata.name }.map {
                    SHA256Digest.of(try $0.conversationLines()).hex
                })
        #expect(try await bench.keeper(task, epoch: 2).record().entries == record.entries)
    }

    /// The longest messages there can be, cut within characters of many bytes: what comes back is whole and valid.
    @Test func theLargestMessagesAreStoredWholeAndInOrder() async throws {
        let keeper = bench.keeper(task)
        try await keeper.open()
        var record = ConversationRecord(identity: location.identity) { $0 }
        for number in 0..<9 {
            let text = String(repeating: "a", count: number % 4) + String(repeating: "👩‍👩‍👧\u{1}é", count: 20_000)
            var message = ConversationMessage(timestamp: Fixture.now, role: .function, content: text)
            message.functionResult = .string(text)
            try await keeper.append(record.append([message]))
        }
        _ = try await keeper.seal(success: nil)
        let stored = try await bench.keeper(task, epoch: 2).record()
        #expect(stored.entries == record.entries)
        for map in try bench.server.objects(ConfigMap.self, namespace: "demo") {
            let lines = try map.conversationLines()
            #expect(!lines.isEmpty && lines.count <= Segment.maximumBytes)
            #expect(!String(decoding: lines, as: UTF8.self).contains("\u{FFFD}"))
        }
    }
}
