import Primitives
import Testing

@Suite struct GzipTests {
    private static func sample(_ count: Int, seed: UInt64, kinds: UInt8) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...kinds, using: &generator) }
    }

    @Test(arguments: [0, 1, 2, 1_000, 16_383, 16_384, 16_385, 100_000, 1 << 20], [0, 3, 255] as [UInt8])
    func whatIsCompressedComesBack(count: Int, kinds: UInt8) throws {
        let bytes = Self.sample(count, seed: UInt64(count), kinds: kinds)
        let packed = try Gzip.compress(bytes)
        #expect(packed.starts(with: [0x1F, 0x8B, 8]))
        #expect(packed == (try Gzip.compress(bytes)))
        #expect(try Gzip.decompress(packed, limit: count) == bytes)
        if count > 0 {
            #expect(throws: GzipError.tooLarge(limit: count - 1)) { try Gzip.decompress(packed, limit: count - 1) }
        }
    }

    /// `printf 'hello\\n' | gzip -n`, by gzip 1.12.
    @Test func whatOthersMadeIsRead() throws {
        let bytes: [UInt8] = [
            0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0xE7, 0x02, 0x00,
            0x20, 0x30, 0x3A, 0x36, 0x06, 0x00, 0x00, 0x00,
        ]
        #expect(try Gzip.decompress(bytes, limit: 6) == Array("hello\n".utf8))
    }

    /// A thousandth of what it becomes: the limit holds whatever is promised.
    @Test func aBombIsRefused() throws {
        let bomb = try Gzip.compress([UInt8](repeating: 0, count: 64 << 20))
        #expect(bomb.count < 100_000)
        #expect(throws: GzipError.tooLarge(limit: 1 << 20)) { try Gzip.decompress(bomb, limit: 1 << 20) }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func everyPieceOfItIsTooShort(seed: UInt64) throws {
        let packed = try Gzip.compress(Self.sample(Int(seed) * 7, seed: seed, kinds: 3))
        for count in 0..<packed.count {
            #expect(throws: GzipError.truncated) { try Gzip.decompress(Array(packed.prefix(count)), limit: 1 << 20) }
        }
    }

    @Test func whatStandsBehindTheEndIsRefused() throws {
        let packed = try Gzip.compress(Array("abc".utf8))
        for rest in [[0], packed] {
            let error = #expect(throws: GzipError.self) { try Gzip.decompress(packed + rest, limit: 100) }
            #expect(error == .corrupt("\(rest.count) bytes behind its end"))
        }
    }

    /// Any bit that is turned is found out, but for those of the header that say nothing of the content.
    @Test func aChangedBitIsFoundOrChangesNothing() throws {
        let bytes = Self.sample(500, seed: 9, kinds: 20)
        let packed = try Gzip.compress(bytes)
        for bit in 0..<packed.count * 8 {
            var changed = packed
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            let found: [UInt8]
            do {
                found = try Gzip.decompress(changed, limit: 1 << 20)
            } catch {
                #expect(!error.isRetryable)
                continue
            }
            // Time, flags of the level, and system.
            #expect(found == bytes && (3..<10).contains(bit / 8), "bit \(bit)")
        }
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func noiseIsAnError(seed: UInt64) {
        let noise = Self.sample(Int(seed), seed: seed, kinds: 255)
        #expect(throws: GzipError.self) { try Gzip.decompress(noise, limit: 1 << 20) }
        #expect(throws: GzipError.self) { try Gzip.decompress([0x1F, 0x8B, 8, 0] + noise, limit: 1 << 20) }
    }
}
