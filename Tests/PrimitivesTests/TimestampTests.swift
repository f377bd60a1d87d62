import Primitives
import Testing

struct TimestampTests {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0),
            ("1994-11-06T08:49:37Z", 784_111_777_000_000),
            ("2000-02-29T23:59:59Z", 951_868_799_000_000),
            ("2026-11-20T10:29:13.123456Z", 1_795_170_553_123_456),
            ("2026-11-20t11:29:13.123456789+01:00", 1_795_170_553_123_456),
            ("2026-11-20T05:59:13.1-04:30", 1_795_170_553_100_000),
            ("1969-12-31T23:59:59.999999Z", -1),
            ("1990-12-31T23:59:60Z", 662_688_000_000_000),
        ] as [(String, Int64)])
    func readsRFC3339(text: String, microseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.microseconds == microseconds)
    }

    @Test(arguments: [
        "", "2026", "2026-11-20", "2026-11-20T10:29:13", "2026-11-20T10:29:13.Z", "2026-13-20T10:29:13Z",
        "2026-02-29T10:29:13Z", "2026-11-00T10:29:13Z", "2026-11-20T24:00:00Z", "2026-11-20T10:60:00Z",
        "2026-11-20T10:29:61Z", "2026-11-20T10:29:13+1:00", "2026-11-20T10:29:13ZZ", "+026-11-20T10:29:13Z",
        "２026-11-20T10:29:13Z",
    ])
    func refusesBadRFC3339(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func writesRFC3339() {
        #expect(Timestamp(microseconds: -1).rfc3339 == "1969-12-31T23:59:59Z")
        #expect(Timestamp(microseconds: -1).rfc3339Micro == "1969-12-31T23:59:59.999999Z")
        #expect(Timestamp(seconds: 951_782_400).rfc3339 == "2000-02-29T00:00:00Z")
        // The ends of the range must not trap.
        #expect(Timestamp(microseconds: .max).rfc3339Micro.hasSuffix(".775807Z"))
        #expect(Timestamp(microseconds: .min).rfc3339Micro.hasSuffix(".224192Z"))
        #expect(Timestamp(microseconds: .min).httpDate.hasSuffix(" GMT"))
    }

    @Test func roundTripsRandomTimes() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            let time = Timestamp(
                microseconds: Int64.random(in: -62_135_596_800_000_000...253_402_300_799_999_999, using: &generator))
            #expect(Timestamp(rfc3339: time.rfc3339Micro) == time)
            let second = Timestamp(seconds: time.wholeSeconds)
            #expect(Timestamp(rfc3339: time.rfc3339) == second)
            #expect(Timestamp(httpDate: time.httpDate) == second)
        }
    }

    @Test func readsAndWritesHTTPDates() {
        let text = "Sun, 06 Nov 1994 08:49:37 GMT"
        #expect(Timestamp(httpDate: text) == Timestamp(seconds: 784_111_777))
        #expect(Timestamp(seconds: 784_111_777).httpDate == text)
        #expect(Timestamp(httpDate: "Sun, 06 Nov 1994 08:49:37 UTC") == nil)
        #expect(Timestamp(httpDate: "Sun, 31 Feb 1994 08:49:37 GMT") == nil)
        #expect(Timestamp(httpDate: "120") == nil)
    }

    @Test func arithmeticSaturates() {
        let now = Timestamp(seconds: 100)
        #expect(now + .milliseconds(1_500) == Timestamp(microseconds: 101_500_000))
        #expect(now - .seconds(1) == Timestamp(seconds: 99))
        #expect(Timestamp(seconds: 103) - now == .seconds(3))
        #expect(Timestamp(microseconds: .max) + .seconds(1) == Timestamp(microseconds: .max))
        #expect(Timestamp(microseconds: .min) - .seconds(1) == Timestamp(microseconds: .min))
        #expect(Timestamp(microseconds: .min) - Timestamp(microseconds: 1) == .microseconds(Int64.min))
        #expect(Timestamp(seconds: .min) < Timestamp(seconds: .max))
        #expect(now + .seconds(Int64.max) == Timestamp(microseconds: .max))
        #expect(Duration.seconds(Int64.min).milliseconds == .min)
        #expect(Duration.milliseconds(-1_500).milliseconds == -1_500)
        #expect(Duration.milliseconds(1_500).seconds == 1.5)
        #expect(Duration.milliseconds(1_999).wholeSeconds == 1)
    }

    @Test func systemClocksMoveForward() async throws {
        let source = SystemTimeSource()
        let wall = source.wallNow()
        let start = source.monotonicNow()
        try await source.sleep(for: .milliseconds(2))
        #expect(source.monotonicNow() - start >= .milliseconds(2))
        #expect(wall > Timestamp(seconds: 1_700_000_000))
    }

    @Test func sleepEndsWhenCancelled() async {
        let failed = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    try await SystemTimeSource().sleep(for: .seconds(3_600))
                    return false
                } catch {
                    return true
                }
            }
            group.cancelAll()
            return await group.next() ?? false
        }
        #expect(failed)
    }
}
