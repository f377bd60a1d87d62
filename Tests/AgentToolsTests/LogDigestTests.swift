import Testing

@testable import AgentTools

struct LogDigestTests {
    @Test func linesThatDifferInTimeAloneAreShownOnce() {
        let log = (0..<50).map { "2026-01-01T00:00:\(10 + $0 % 50)Z store GET / 200 OK" }
        #expect(
            LogDigest.collapsed(log) == [log[0], "[the line above repeated 49 more times]"])
    }

    @Test func blocksAreFoundToo() {
        let block = ["10:00:01 front: no good answer", "10:00:01 front GET / 502", "10:00:02 wget: refused"]
        let log = ["begin"] + block + block + block + ["end"]
        #expect(
            LogDigest.collapsed(log) == ["begin"] + block + ["[the 3 lines above repeated 2 more times]", "end"])
    }

    @Test func whatDiffersStays() {
        let log = ["a 200 1", "a 200 2", "a 502 3", "b", "b", "c"]
        #expect(LogDigest.collapsed(log) == log)
        #expect(LogDigest.collapsed([]).isEmpty)
    }

    @Test func theEndIsKeptWithinTheLimit() {
        let log = (0..<1000).map { "line \($0)" }.joined(separator: "\n")
        let text = LogDigest.text(log, limit: 100)
        #expect(text.hasSuffix("line 999") && text.contains("earlier lines left out"))
        #expect(text.utf8.count < 250)
    }

    @Test func oneEndlessLineIsCut() {
        #expect(LogDigest.text(String(repeating: "x", count: 100_000), limit: 4096).utf8.count < 4096)
    }
}
