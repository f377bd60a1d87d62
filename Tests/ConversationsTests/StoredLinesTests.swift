import Conversations
import Primitives
import Testing

@Suite struct StoredLinesTests {
    private static func words(_ count: Int) -> [UInt8] {
        Array((0..<count).map { "{\"seq\":\($0),\"content\":\"web 1/1 Running\"}\n" }.joined().utf8)
    }

    private static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// Compressed is what is smaller then, on the wire as well, where it is base64.
    @Test(arguments: [0, 1, 20, 100, 1_000, 10_000])
    func whatIsStoredIsNeverLargerThanTheLines(count: Int) throws {
        for lines in [Self.words(count), Self.noise(count, seed: UInt64(count))] {
            let stored = StoredLines(compressing: lines)
            #expect(try stored.lines() == lines)
            let sent = stored.encoding == .gzip ? Base64.encode(stored.bytes).utf8.count : stored.bytes.count
            #expect(sent <= lines.count)
        }
        #expect((StoredLines(compressing: Self.words(count)).encoding == .gzip) == (count >= 20))
        #expect(StoredLines(compressing: Self.noise(count, seed: 7)).encoding == .plain)
    }

    /// Text that needs six bits a byte takes as much again in base64: nothing would be gained.
    @Test func base64OfNoiseStaysAsItIs() {
        let lines = Array(Base64.encode(Self.noise(60_000, seed: 3)).utf8)
        #expect(StoredLines(compressing: lines).encoding == .plain)
    }

    @Test func noMoreIsUnpackedThanAConfigMapMayHold() throws {
        let most = [UInt8](repeating: 0x20, count: StoredLines.maximumBytes)
        #expect(try StoredLines(.gzip, Gzip.compress(most)).lines() == most)
        #expect(throws: GzipError.tooLarge(limit: most.count)) {
            try StoredLines(.gzip, Gzip.compress(most + [0x20])).lines()
        }
    }
}
