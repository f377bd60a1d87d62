import Glibc
import JSON
import LifecycleTesting
import Primitives
import Telemetry
import Testing

@Suite struct LoggerTests {
    private let time = ManualTimeSource(start: Timestamp(seconds: 1_700_000_000))

    @Test func lineIsJSONWithRedactedText() throws {
        let redactor = Redactor()
        let record = LogRecord(
            time: Timestamp(seconds: 1_700_000_000), level: .warning, label: "edge",
            message: "got \"sk-aaaaaaaaaaaaaaaa\"\n",
            fields: [
                "count": 3, "ratio": 0.5, "ok": true, "name": "Bearer 0123456789", "level": "x", "bad": .number(.nan),
            ])
        let line = LogLine.format(record, redactor: redactor)
        #expect(line.filter { $0 == UInt8(ascii: "\n") }.count == 1)
        let value = try JSONValue(parsing: line)
        #expect(value["time"]?.stringValue?.hasPrefix("2023-11-14T22:13:20") == true)
        #expect(value["level"] == "warning")
        #expect(value["logger"] == "edge")
        #expect(value["message"] == "got \"[redacted]\"\n")
        #expect(value["count"] == 3)
        #expect(value["ok"] == true)
        #expect(value["name"] == "Bearer [redacted]")
        #expect(value["_level"] == "x")
        #expect(value["bad"] == "nan")
    }

    @Test func thresholdAndFields() {
        let sink = CollectingLogSink()
        let logger = Logger(label: "a", sink: sink, level: .info, time: time).with(["task": "t1", "n": 1])
        logger.debug(
            {
                Issue.record("built a message nobody sees"); return ""
            }())
        logger.info("hello", ["n": 2])
        logger.error("oops")
        #expect(sink.records.map(\.message) == ["hello", "oops"])
        #expect(sink.records.first?.fields == ["task": "t1", "n": 2])
        #expect(sink.records.first?.time == Timestamp(seconds: 1_700_000_000))
    }

    /// A full pipe must never hold a task up; what is lost is counted.
    @Test func slowReaderCostsLinesAndNotTime() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let logger = Logger(
            label: "a", sink: FileDescriptorLogSink(descriptor: ends[1], redactor: Redactor()), time: time)
        let long = String(repeating: "x", count: 10_000)
        for _ in 0..<200 { logger.info(long) }
        var text = ""
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        for _ in 0..<100 {
            while true {
                let count = read(ends[0], &piece, piece.count)
                guard count > 0 else { break }
                text += String(decoding: piece[..<count], as: UTF8.self)
            }
            logger.info("more")
        }
        let lines = text.split(separator: "\n")
        for line in lines { #expect(throws: Never.self) { try JSONValue(parsing: Array(line.utf8)) } }
        let whole = lines.filter { $0.contains(long) }.count
        let lost = lines.compactMap { try? JSONValue(parsing: Array($0.utf8))["count"]?.integerValue }.first
        #expect(whole < 200)
        #expect(lost.map { Int($0) + whole } == 200)
    }

    /// What a process says last is still in the backlog of a slow reader when it exits.
    @Test(.timeLimit(.minutes(1))) func whatWaitsIsWrittenByAFlush() async throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let sink = FileDescriptorLogSink(descriptor: ends[1], redactor: Redactor())
        let logger = Logger(label: "a", sink: sink, time: time)
        for _ in 0..<20 { logger.info(String(repeating: "x", count: 10_000)) }
        let lines = await withTaskGroup(of: Int.self) { [ends] group in
            group.addTask {
                var (lines, piece) = (0, [UInt8](repeating: 0, count: 1 << 16))
                while case let count = read(ends[0], &piece, piece.count), count > 0 {
                    lines += piece[..<count].count { $0 == UInt8(ascii: "\n") }
                }
                return lines
            }
            sink.flush(within: .seconds(20))
            close(ends[1])
            return await group.next() ?? 0
        }
        close(ends[0])
        #expect(lines == 20)
        // With nobody to read there is an end to the wait.
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let unread = FileDescriptorLogSink(descriptor: ends[1], redactor: Redactor())
        for _ in 0..<20 { Logger(label: "a", sink: unread, time: time).info(String(repeating: "x", count: 10_000)) }
        unread.flush(within: .milliseconds(20))
    }

    @Test(arguments: [("debug", LogLevel.debug), ("INFO", .info), ("warning", .warning), ("error", .error)])
    func levelsByName(name: String, level: LogLevel) {
        #expect(LogLevel(name: name) == level)
        #expect(LogLevel(name: "loud") == nil)
    }
}
