import ControllerRuntime
import HTTP
import HTTPTesting
import JSON
import KubernetesClient
import LifecycleTesting
import Primitives
import Telemetry
import Testing

/// Events on their way through the real client to a server that does not take them at once.
struct EventDeliveryTests {
    private let time = ManualTimeSource()
    private let transport = ScriptedTransport()
    private let metrics = MetricsRegistry()

    private var recorder: EventRecorder {
        let client = KubernetesClient(
            configuration: ClientConfiguration(server: "https://memory", tls: TLSConfiguration()),
            transport: transport, time: time, logger: .disabled, seed: 1)
        return EventRecorder(
            writer: client, controller: "test.dev/op", instance: "pod", time: time, logger: .disabled, metrics: metrics,
            seed: 1)
    }

    private static func note(_ reason: String) -> EventNote {
        .about(Widget("x", version: 5), reason: reason, action: "Make", note: "text")
    }

    private static func throttled(_ seconds: Int) -> HTTPResponse {
        HTTPResponse(status: 429, headers: ["Retry-After": "\(seconds)"], bytes: [])
    }

    /// A new one each time: a body is read once.
    private static var made: HTTPResponse {
        HTTPResponse(status: 201, bytes: Array(#"{"metadata":{"uid":"u","resourceVersion":"7"}}"#.utf8))
    }

    private static func reason(_ request: HTTPRequest) -> String {
        (try? JSONValue(parsing: request.body))?["reason"]?.stringValue ?? ""
    }

    private func dropped() -> Double {
        metrics.counter("events_dropped_total", "", labels: ["cause"]).value(["refused"])
    }

    private func written() -> Double {
        metrics.counter("events_written_total", "", labels: ["verb"]).value(["create"])
    }

    /// Twelve tries are twelve requests, whatever the client beneath would do by itself.
    @Test(arguments: [429, 503, 0]) func anEventIsSentTwelveTimesAndNoMore(code: Int) async throws {
        transport.otherwise { _ throws(HTTPError) in
            guard code > 0 else { throw .notSent("closed") }
            return HTTPResponse(status: code, headers: ["Retry-After": "1"], bytes: [])
        }
        let recorder = recorder
        try await Stage.run(time) { stage in
            try await running([{ try await recorder.run() }]) {
                recorder.record(Self.note("Made"))
                try await stage.pass(.seconds(300)) { dropped() == 1 }
            }
        }
        #expect(dropped() == 1 && transport.requests.count == 12)
    }

    /// One Event that the server does not want now, as its rate limit for one namespace or source has it, waits alone.
    @Test func anEventThatIsPutOffHoldsUpNoOther() async throws {
        transport.otherwise { request throws(HTTPError) in
            Self.reason(request) == "Unwanted" ? Self.throttled(2) : Self.made
        }
        let recorder = recorder
        try await Stage.run(time) { stage in
            try await running([{ try await recorder.run() }]) {
                recorder.record(Self.note("Unwanted"))
                for number in 0..<20 { recorder.record(Self.note("R\(number)")) }
                try await stage.pass(.seconds(1))
                // All wait as long as the server asks, and nothing is asked for meanwhile.
                #expect(transport.requests.count == 1)
                // In small steps: so many requests need more turns than one leap of the time leaves them.
                for _ in 0..<40 where written() < 20 { try await stage.pass(.milliseconds(50)) }
                #expect(written() == 20)
                for _ in 0..<60 where dropped() == 0 { try await stage.pass(.seconds(1)) }
            }
        }
        #expect(dropped() == 1 && transport.requests.count == 32)
    }

    /// What a series has to say waits for its Event, however often that is put off.
    @Test func aSeriesIsNotWrittenBeforeItsEvent() async throws {
        let refusals = Locked(3)
        transport.otherwise { request throws(HTTPError) in
            let isRefused = refusals.withLock { left in
                left -= 1
                return left >= 0
            }
            return isRefused ? Self.throttled(1) : Self.made
        }
        let recorder = recorder
        try await Stage.run(time) { stage in
            try await running([{ try await recorder.run() }]) {
                for _ in 0..<3 { recorder.record(Self.note("Made")) }
                try await stage.pass(.seconds(60)) { transport.requests.count == 5 }
                try await stage.pass(.seconds(1))
            }
        }
        #expect(transport.requests.map(\.method) == ["POST", "POST", "POST", "POST", "PATCH"])
        #expect(written() == 1 && dropped() == 0)
    }

    enum Server: CaseIterable, Sendable { case hangs, slow, busy, busyForLong, away }

    /// The whole of the Events' part of a stop takes five seconds at most: behind it the Lease waits to be given up.
    @Test(arguments: Server.allCases) func theEventsHaveFiveSecondsOfAStop(server: Server) async throws {
        transport.otherwise { [time] _ throws(HTTPError) in
            let took: Duration = server == .hangs ? .seconds(65) : server == .slow ? .seconds(1) : .milliseconds(1)
            do { try await time.sleep(for: took) } catch { throw .cancelled }
            switch server {
            case .hangs: throw .timedOut(.total)
            case .slow: return Self.made
            case .busy: return Self.throttled(1)
            case .busyForLong: return Self.throttled(30)
            case .away: return HTTPResponse(status: 503, bytes: [])
            }
        }
        let (recorder, time, ended) = (recorder, time, Locked<Duration?>(nil))
        try await Stage.run(time) { stage in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<1_000 { recorder.record(Self.note("R\(number)")) }
                group.addTask { try await recorder.run() }
                try await stage.pass(.milliseconds(500))
                let asked = time.monotonicNow()
                group.addTask {
                    await recorder.drain()
                    ended.withLock { $0 = time.monotonicNow() - asked }
                }
                try await stage.pass(.seconds(20)) { ended.withLock { $0 } != nil }
                let took = ended.withLock { $0 }
                #expect(took.map { $0 <= .seconds(5) } == true, "\(String(describing: took))")
                // Where the server wants to be left alone for longer than there is, nothing is waited for.
                if server == .busyForLong { #expect(took.map { $0 < .milliseconds(1) } == true) }
                group.cancelAll()
            }
        }
    }
}
