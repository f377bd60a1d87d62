import ControllerRuntime
import HTTP
import KubernetesClient
import KubernetesModel
import LifecycleTesting
import Primitives
import SchedulingTesting
import Telemetry
import Testing

@Suite(.ownThread) struct EventTests {
    private static let wall = Timestamp(seconds: 1_800_000_000)

    private static func note(_ reason: String = "Made", note: String = "text") -> EventNote {
        .about(Widget("x", version: 5), reason: reason, action: "Make", note: note)
    }

    private static func book() -> EventSeriesBook { EventSeriesBook(controller: "test.dev/op", instance: "pod-1") }

    @Test func firstCreatesSecondMakesASeriesLaterOnesAreCounted() {
        var book = Self.book()
        var writes: [[EventSeriesBook.Write]] = []
        for second in 0..<5 {
            var note = Self.note(note: "attempt \(second)")
            note.regarding.resourceVersion = "\(second)"
            writes.append(book.observe(note, wall: Self.wall + .seconds(second), now: .seconds(second)))
        }
        #expect(writes.map(\.count) == [1, 1, 0, 0, 0])
        guard case .create(let event)? = writes[0].first else {
            Issue.record("no event")
            return
        }
        #expect(event.metadata.namespace == "a")
        #expect(event.metadata.name.hasPrefix("x.") && event.metadata.name.utf8.count == 18)
        #expect(event.reportingController == "test.dev/op" && event.reportingInstance == "pod-1")
        #expect(
            writes[1] == [.patch(event.key, .init(count: 2, lastObservedTime: Self.wall + .seconds(1)))])
        let early = book.tick(now: .seconds(100))
        #expect(early.isEmpty)
        let ended = book.tick(now: .seconds(4 + 360))
        #expect(ended == [.patch(event.key, .init(count: 5, lastObservedTime: Self.wall + .seconds(4)))])
        #expect(book.count == 0)
    }

    @Test func busySeriesIsRefreshedEachHalfHour() {
        var book = Self.book()
        var refreshed = 0
        for minute in 0..<120 {
            _ = book.observe(Self.note(), wall: Self.wall + .seconds(minute * 60), now: .seconds(minute * 60))
            refreshed += book.tick(now: .seconds(minute * 60)).count
        }
        #expect(refreshed == 3)
    }

    @Test func textsAreCutToWhatTheServerTakes() {
        var book = Self.book()
        let writes = book.observe(
            Self.note(String(repeating: "R", count: 400), note: String(repeating: "é", count: 900)), wall: Self.wall,
            now: .zero)
        guard case .create(let event)? = writes.first else {
            Issue.record("no event")
            return
        }
        #expect(event.reason.utf8.count == 128)
        #expect(event.note.utf8.count == 1_024 && event.note.allSatisfy { $0 == "é" })
    }

    @Test func seriesAreBounded() {
        var book = Self.book()
        for number in 0..<(EventSeriesBook.limit + 50) {
            _ = book.observe(Self.note("R\(number)"), wall: Self.wall, now: .seconds(number))
        }
        #expect(book.count == EventSeriesBook.limit)
    }

    @Test func forgottenEventIsMadeAgain() {
        var book = Self.book()
        let first = book.observe(Self.note(), wall: Self.wall, now: .zero)
        book.forget(first[0].key)
        let second = book.observe(Self.note(), wall: Self.wall + .seconds(1), now: .zero)
        #expect(second.count == 1 && second[0].key != first[0].key)
    }

    @Test func whatDoesNotFitIsDroppedAndCounted() {
        let metrics = MetricsRegistry()
        let recorder = Self.recorder(WidgetServer(), ManualTimeSource(), metrics)
        for number in 0..<1_250 { recorder.record(Self.note("R\(number)")) }
        #expect(metrics.counter("events_dropped_total", "", labels: ["cause"]).value(["full"]) == 250)
    }

    @Test func passingTroubleIsRetriedAndRefusalIsNot() async throws {
        let (server, time, metrics) = (WidgetServer(), ManualTimeSource(), MetricsRegistry())
        let recorder = Self.recorder(server, time, metrics)
        server.failNextWrites(with: [.unavailable, .tooManyRequests(retryAfter: .seconds(40)), .forbidden])
        try await running([{ try await recorder.run() }]) {
            recorder.record(Self.note())
            await time.waitForSleepers(1)
            time.advance(by: .milliseconds(500))
            await eventually("as long as the server asks") { time.untilNextWake == .seconds(40) }
            time.advance(by: .seconds(40))
            await eventually("refused") {
                metrics.counter("events_dropped_total", "", labels: ["cause"]).value(["refused"]) == 1
            }
            recorder.record(Self.note())
            await eventually("made") { server.writes == ["create events.events.k8s.io"] }
        }
    }

    @Test(arguments: [(11, 0), (12, 1)]) func twelveTriesAreTheLimit(failures: Int, dropped: Int) async throws {
        let (server, time, metrics) = (WidgetServer(), ManualTimeSource(), MetricsRegistry())
        let recorder = Self.recorder(server, time, metrics)
        server.failNextWrites(with: Array(repeating: .unavailable, count: failures))
        let count = { @Sendable in metrics.counter("events_dropped_total", "", labels: ["cause"]).value(["refused"]) }
        try await running([{ try await recorder.run() }]) {
            recorder.record(Self.note())
            await eventually("made or given up") {
                if let next = time.untilNextWake, next <= .seconds(10) { time.advance(by: next) }
                return server.writes.count == 1 || count() == 1
            }
        }
        #expect(count() == Double(dropped))
    }

    /// The first try made the Event, as the second is told; the series goes on with it.
    @Test(arguments: [true, false]) func anEventWhoseAnswerWasLostIsMade(isLost: Bool) async throws {
        let (server, time, metrics) = (WidgetServer(), ManualTimeSource(), MetricsRegistry())
        let recorder = Self.recorder(server, time, metrics)
        let lost = KubernetesError.Kind.transport(.reset(bytesSeen: false, ""))
        server.failNextWrites(with: isLost ? [lost, .alreadyExists] : [.alreadyExists])
        try await running([{ try await recorder.run() }]) {
            recorder.record(Self.note())
            await eventually("settled") {
                if let next = time.untilNextWake, next < .seconds(10) { time.advance(by: next) }
                return metrics.counter("events_written_total", "", labels: ["verb"]).value(["create"])
                    + metrics.counter("events_dropped_total", "", labels: ["cause"]).value(["refused"]) == 1
            }
            recorder.record(Self.note())
            await eventually("the next of the series") { server.writes.count == 1 }
        }
        // A stranger's Event is not counted on.
        #expect(server.writes == [isLost ? "patch events.events.k8s.io" : "create events.events.k8s.io"])
        #expect(
            metrics.counter("events_dropped_total", "", labels: ["cause"]).value(["refused"]) == (isLost ? 0 : 1))
    }

    /// Events live for an hour; the series goes on with a new one.
    @Test func seriesWhoseEventIsGoneBeginsAnew() async throws {
        let (server, metrics) = (WidgetServer(), MetricsRegistry())
        let recorder = Self.recorder(server, ManualTimeSource(), metrics)
        try await running([{ try await recorder.run() }]) {
            recorder.record(Self.note())
            await eventually("made") { server.writes.count == 1 }
            server.failNextWrites(with: [.notFound])
            recorder.record(Self.note())
            await eventually("made anew") { server.writes.count == 2 }
        }
        #expect(server.writes == ["create events.events.k8s.io", "create events.events.k8s.io"])
        #expect(metrics.counter("events_dropped_total", "", labels: ["cause"]).value(["refused"]) == 0)
    }

    @Test func drainWritesWhatWaitsAndEndsTheSeries() async throws {
        let (server, time, metrics) = (WidgetServer(), ManualTimeSource(), MetricsRegistry())
        let recorder = Self.recorder(server, time, metrics)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await recorder.run() }
            for _ in 0..<3 { recorder.record(Self.note()) }
            await eventually("series") { server.writes.count == 2 }
            await recorder.drain()
            try await tasks.waitForAll()
        }
        let type = "events.events.k8s.io"
        #expect(server.writes == ["create \(type)", "patch \(type)", "patch \(type)"])
        let written = metrics.counter("events_written_total", "", labels: ["verb"])
        #expect(written.value(["create"]) == 1 && written.value(["patch"]) == 2)
    }

    private static func recorder(
        _ server: WidgetServer, _ time: ManualTimeSource, _ metrics: MetricsRegistry
    ) -> EventRecorder {
        EventRecorder(
            writer: server, controller: "test.dev/op", instance: "pod", time: time, logger: .disabled, metrics: metrics,
            seed: 1)
    }
}
