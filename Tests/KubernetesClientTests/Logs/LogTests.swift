import HTTP
import HTTPTesting
import KubernetesModel
import Primitives
import Testing

@testable import KubernetesClient

@Suite struct LogTests {
    let rig = ClientRig()

    private static func lines(_ pieces: [String], limit: Int) -> [String] {
        var splitter = LogLines(limit: limit)
        var lines: [String] = []
        for piece in pieces {
            splitter.append(Array(piece.utf8))
            while let line = splitter.next() { lines.append(String(decoding: line, as: UTF8.self)) }
        }
        while let line = splitter.finish() { lines.append(String(decoding: line, as: UTF8.self)) }
        return lines
    }

    @Test(arguments: [
        ("a\nbc\n\nd", ["a", "bc", "", "d"]), ("", []), ("\n", [""]), ("abcd\n", ["abcd"]), ("abcde\n", ["abcd", "e"]),
        ("abcdefgh", ["abcd", "efgh"]), ("abcdefgh\nx\n", ["abcd", "efgh", "x"]),
    ])
    func linesAreWholeHoweverTheyWereCut(_ text: String, _ expected: [String]) {
        #expect(Self.lines([text], limit: 4) == expected)
        #expect(Self.lines(text.map { String($0) }, limit: 4) == expected)
    }

    @Test func aLogIsFollowedAsItIsWritten() async throws {
        let body = ScriptedBody()
        rig.transport.expect("GET", "*", stream: body)
        let stream = try await rig.client.followLogs(
            rig.key,
            LogOptions(
                container: "c", tailLines: 5, sinceTime: Timestamp(seconds: 1_700_000_000), timestamps: true,
                previous: true))
        var lines = stream.makeAsyncIterator()
        body.send("one\ntw")
        let first = try await lines.next()
        #expect(first == Array("one".utf8))
        body.send("o\nthree")
        let second = try await lines.next()
        #expect(second == Array("two".utf8))
        body.finish(.reset(bytesSeen: true, "gone"))
        let error = await #expect(throws: KubernetesError.self) { _ = try await lines.next() }
        #expect(error?.isRetryable == true)
        let request = try #require(rig.transport.requests.first)
        #expect(
            request.url == "https://api:6443/api/v1/namespaces/default/pods/a/log?container=c&follow=true&tailLines=5"
                + "&sinceTime=2023-11-14T22%3A13%3A20Z&timestamps=true&previous=true")
        // A quiet log is no dead connection, and it must not hold up short requests.
        #expect(request.pool == .watch && request.totalTimeout == nil && request.idleTimeout == nil)
    }

    @Test func theLastLineNeedsNoEnding() async throws {
        let body = ScriptedBody()
        rig.transport.expect("GET", "*", stream: body)
        body.send("one\ntwo")
        body.finish()
        var seen: [String] = []
        for try await line in try await rig.client.followLogs(rig.key) {
            seen.append(String(decoding: line, as: UTF8.self))
        }
        #expect(seen == ["one", "two"])
    }
}
