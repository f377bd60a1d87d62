import JSON
import KubernetesModel
import Testing

@testable import KubernetesClient

@Suite struct WatchDecoderTests {
    /// A line with text of several bytes a character, so that cuts fall inside characters as well.
    private static let lines = [
        #"{"type":"ADDED","object":{"metadata":{"name":"größe-🐳","resourceVersion":"1"},"spec":{"size":1}}}"#,
        #"{"type":"BOOKMARK","object":{"kind":"Widget","metadata":{"resourceVersion":"9"}}}"#,
        #"{"object":{"metadata":{"name":"late"},"spec":{"size":2}},"type":"MODIFIED"}"#,
    ]

    private func decode(_ chunks: [[UInt8]]) throws -> [WatchEvent<Widget>] {
        var decoder = WatchDecoder<Widget>()
        var events: [WatchEvent<Widget>] = []
        for chunk in chunks {
            decoder.append(chunk)
            while let event = try decoder.next() { events.append(event) }
        }
        return events
    }

    private func expectAll(_ events: [WatchEvent<Widget>], _ comment: Comment? = nil) {
        guard events.count == 3, case .added(let first) = events[0],
            case .bookmark(let version, endsInitialEvents: false) = events[1], case .modified(let last) = events[2]
        else { return #expect(Bool(false), comment ?? "\(events)") }
        #expect(first.metadata.name == "größe-🐳")
        #expect(version == "9")
        #expect(last.metadata.name == "late")
        #expect(last.size == 2)
    }

    @Test(arguments: ["\n", "\r\n", "\n\n", "\r\n\r\n"])
    func everyCutOfTheStreamGivesTheSameEvents(_ ending: String) throws {
        let bytes = Array(Self.lines.map { $0 + ending }.joined().utf8)
        for cut in 0...bytes.count {
            expectAll(try decode([Array(bytes[..<cut]), Array(bytes[cut...])]), "cut at \(cut)")
        }
    }

    @Test(arguments: [1, 2, 3, 7, 64, 4096])
    func piecesOfAnySizeGiveTheSameEvents(_ size: Int) throws {
        let bytes = Array(Self.lines.map { $0 + "\n" }.joined().utf8)
        expectAll(
            try decode(
                stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }))
    }

    @Test func oneObjectInTwoHundredPieces() throws {
        let name = String(repeating: "x", count: 100_000)
        let bytes = Array("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"\(name)\"}}}\n".utf8)
        let size = bytes.count / 199
        let pieces = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
        #expect(pieces.count >= 200)
        guard case .added(let widget) = try decode(pieces).first else { return #expect(Bool(false)) }
        #expect(widget.metadata.name == name)
    }

    @Test func aLastLineWithoutItsEndIsNoEvent() throws {
        #expect(try decode([Array(Self.lines[0].utf8)]).isEmpty)
    }

    @Test(arguments: [
        "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"a\"}\n", "[]\n", "{\"object\":{}}\n",
        "{\"type\":\"ADDED\"}\n", "{\"type\":\"NEWS\",\"object\":{}}\n", "{\"type\":\"ADDED\",\"object\":3}\n",
        "{\"type\":\"BOOKMARK\",\"object\":{}} {}\n",
    ])
    func whatIsNoEventIsAnError(_ text: String) {
        #expect(throws: WatchDecodingError.self) { try decode([Array(text.utf8)]) }
    }

    @Test(arguments: ["v1.20", "v1.36"])
    func recordedWatches(_ version: String) throws {
        let events = try decode(try Transcript("\(version)/watch").frames.map { Array(($0 + "\n").utf8) })
        guard events.count == 3, case .added(let added) = events[0], case .modified(let modified) = events[1],
            case .deleted(let deleted) = events[2]
        else { return #expect(Bool(false), "\(events)") }
        #expect(added.metadata.uid == deleted.metadata.uid)
        #expect(modified.metadata.labels == ["x": "y"])
        #expect(ResourceVersion.isNewer(deleted.metadata.resourceVersion, than: modified.metadata.resourceVersion))
    }

    @Test(arguments: ["v1.20", "v1.36"])
    func aRecordedExpiryIsAnErrorEvent(_ version: String) throws {
        let events = try decode(try Transcript("\(version)/watch-too-old").frames.map { Array(($0 + "\n").utf8) })
        guard case .error(let status) = events.first else { return #expect(Bool(false), "\(events)") }
        #expect(KubernetesError(Operation(verb: "watch"), status: status).isExpired)
    }

    @Test func theRecordedStreamingListHasItsMark() throws {
        let events = try decode(try Transcript("v1.36/watchlist").frames.map { Array(($0 + "\n").utf8) })
        let marks = events.filter { if case .bookmark(_, endsInitialEvents: true) = $0 { true } else { false } }
        let added = events.prefix { if case .added = $0 { true } else { false } }
        #expect(marks.count == 1)
        #expect(added.count == 8)
    }
}
