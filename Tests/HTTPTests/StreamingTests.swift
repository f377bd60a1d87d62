import HTTP
import Primitives
import Testing

@Suite struct StreamingTests {
    private static func pieces(_ text: String, size: Int) -> [[UInt8]] {
        let bytes = Array(text.utf8)
        return stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
    }

    @Test(arguments: 1...9)
    func linesComeOutWholeHoweverTheyWereCut(size: Int) throws {
        var splitter = LineSplitter(limit: 10)
        var lines: [String] = []
        for piece in Self.pieces("één\r\n\nzwei\ndrü\r\nlast", size: size) {
            splitter.append(piece)
            while let line = try splitter.next() { lines.append(String(decoding: line, as: UTF8.self)) }
        }
        if let rest = splitter.finish() { lines.append(String(decoding: rest, as: UTF8.self)) }
        #expect(lines == ["één", "", "zwei", "drü", "last"])
        #expect(splitter.finish() == nil)
    }

    @Test(arguments: [
        ("1234567890\n", true), ("1234567890\r\n", true), ("12345678901\n", false), ("123456789012", false),
    ])
    func lineLimit(text: String, fits: Bool) {
        for size in [1, 5, 100] {
            var splitter = LineSplitter(limit: 10)
            var failed = false
            for piece in Self.pieces(text, size: size) {
                splitter.append(piece)
                do { while try splitter.next() != nil {} } catch { failed = true }
            }
            #expect(failed != fits)
        }
    }

    @Test(arguments: [1, 2, 3, 7, 1_000])
    func eventsOfTheStandard(size: Int) throws {
        let text =
            "\u{FEFF}: comment\ndata: first\ndata:second\nid: 1\n\nevent: add\r\ndata: x\r\n\r\nid\ndata\n\nretry: 5\n\n"
            + "data: unfinished"
        var splitter = ServerSentEventSplitter(limit: 1_000)
        var events: [ServerSentEventSplitter.Event] = []
        for piece in Self.pieces(text, size: size) {
            splitter.append(piece)
            while let event = try splitter.next() { events.append(event) }
        }
        #expect(
            events == [
                .init(name: "message", data: "first\nsecond", id: "1"), .init(name: "add", data: "x", id: "1"),
                .init(name: "message", data: "", id: ""),
            ])
    }

    @Test func endlessEventFails() {
        var splitter = ServerSentEventSplitter(limit: 100)
        #expect(throws: LineSplitter.LineTooLong.self) {
            for _ in 0..<100 {
                splitter.append(Array("data: 123456\n".utf8))
                _ = try splitter.next()
            }
        }
    }
}
