import Glibc
import Lifecycle
import LifecycleTesting
import Primitives
import Telemetry
import Testing

@Suite(.timeLimit(.minutes(1)), .serialized) struct ServiceGroupTests {
    private final class Journal: Sendable {
        private let kept = Locked<[String]>([])
        var lines: [String] { kept.withLock { $0 } }
        func note(_ line: String) { kept.withLock { $0.append(line) } }
    }

    private struct Probe: Service {
        struct Broken: Error {}

        let name: String
        let journal: Journal
        var fails = false
        var onStart: @Sendable () -> Void = {}

        func run() async throws {
            journal.note("\(name) runs")
            onStart()
            if fails { throw Broken() }
            for await _ in AsyncStream<Never>.makeStream().stream {}
            journal.note("\(name) stops")
        }
    }

    @Test func signalStopsInReverse() async throws {
        let journal = Journal()
        let signals = try Signals()
        let started = AsyncStream<Void>.makeStream()
        let services = ["a", "b", "c"].map { Probe(name: $0, journal: journal) { started.continuation.yield() } }
        let group = ServiceGroup(services, logger: .disabled)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run(until: signals) }
            var count = 0
            for await _ in started.stream {
                count += 1
                if count == 3 { break }
            }
            kill(getpid(), SIGTERM)
            try await tasks.waitForAll()
        }
        #expect(journal.lines.suffix(3) == ["c stops", "b stops", "a stops"])
    }

    /// Asked to stop while it is getting ready, a program stops as soon as its services begin.
    @Test func aSignalFromBeforeIsHeardByEverybodyAfter() async throws {
        let journal = Journal()
        let signals = try Signals()
        kill(getpid(), SIGTERM)
        for _ in 0..<2 {
            var heard: [Signal] = []
            for await signal in signals {
                heard.append(signal)
                break
            }
            #expect(heard == [.terminate])
        }
        try await ServiceGroup([Probe(name: "a", journal: journal)], logger: .disabled).run(until: signals)
        #expect(journal.lines.last == "a stops")
    }

    @Test func failureOfOneStopsTheOthersAndIsThrown() async {
        let journal = Journal()
        let services = [Probe(name: "a", journal: journal), Probe(name: "b", journal: journal, fails: true)]
        do {
            try await ServiceGroup(services, logger: .disabled).run()
            Issue.record("did not throw")
        } catch .failed(let service, let error) {
            #expect(service == "b")
            #expect(error is Probe.Broken)
        } catch {
            Issue.record("\(error)")
        }
        #expect(journal.lines.contains("a stops"))
    }

    @Test func bodyRunsWithinTheServices() async throws {
        let journal = Journal()
        let value = try await ServiceGroup([Probe(name: "a", journal: journal)], logger: .disabled).run {
            journal.note("body")
            return 42
        }
        #expect(value == 42)
        #expect(journal.lines.last == "a stops")
    }

    @Test func errorOfTheBodyIsThrownAsItIs() async {
        await #expect(throws: Probe.Broken.self) {
            try await ServiceGroup([Probe(name: "a", journal: Journal())], logger: .disabled).run {
                throw Probe.Broken()
            }
        }
    }

    @Test func bodyIsCancelledWhenAServiceEnds() async {
        await #expect(throws: ServiceGroupError.self) {
            try await ServiceGroup([Probe(name: "a", journal: Journal(), fails: true)], logger: .disabled).run {
                for await _ in AsyncStream<Never>.makeStream().stream {}
            }
        }
    }

    @Test func cancellationStopsEverything() async throws {
        let journal = Journal()
        let started = AsyncStream<Void>.makeStream()
        let service = Probe(name: "a", journal: journal) { started.continuation.yield() }
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                await #expect(throws: Never.self) { try await ServiceGroup([service], logger: .disabled).run() }
            }
            for await _ in started.stream { break }
            tasks.cancelAll()
        }
        #expect(journal.lines.last == "a stops")
    }

    private struct Ending: Service {
        let name = "ending"
        func run() async throws {}
    }

    private struct Nested: Service {
        let name = "nested"
        let group: ServiceGroup
        func run() async throws { try await group.run() }
    }

    /// Whoever reads the log of a process that ended for a failure finds it there once, however deep it was.
    @Test(arguments: ["of a service", "of a service within", "of the body", "without an error"])
    func aFailureIsLoggedOnce(what: String) async {
        let sink = CollectingLogSink()
        let logger = Logger(label: "test", sink: sink, level: .info)
        let broken = Probe(name: "a", journal: Journal(), fails: true)
        let service: any Service =
            switch what {
            case "of a service": broken
            case "of a service within": Nested(group: ServiceGroup([broken], logger: logger))
            case "of the body": Probe(name: "a", journal: Journal())
            default: Ending()
            }
        await #expect(throws: (any Error).self) {
            try await ServiceGroup([service], logger: logger).run {
                if what == "of the body" { throw Probe.Broken() }
                for await _ in AsyncStream<Never>.makeStream().stream {}
            }
        }
        // The body's goes to whoever called it.
        #expect(sink.records.count { $0.level == .error } == (what == "of the body" ? 0 : 1))
    }

    /// A service may have answered the cancellation before the group itself has looked up.
    @Test func anEndThatAnswersACancellationIsNoFailure() async {
        let sink = CollectingLogSink()
        let logger = Logger(label: "test", sink: sink, level: .info)
        // Who is first is up to the scheduler.
        for _ in 0..<300 {
            await withTaskGroup(of: Void.self) { tasks in
                tasks.cancelAll()
                tasks.addTask {
                    let group = ServiceGroup(Array(repeating: Ending(), count: 8), logger: logger)
                    await #expect(throws: Never.self) { try await group.run() }
                }
            }
        }
        #expect(sink.records.count { $0.level == .error } == 0)
    }

    /// Ends only when the test lets it, whatever asks it to.
    private struct Stubborn: Service {
        let name = "stubborn"
        let release: AsyncStream<Void>

        func run() async throws {
            await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
                waiter.withLock { $0 = continuation }
                onStart.yield()
            }
        }

        let waiter: Locked<CheckedContinuation<Void, Never>?>
        let onStart: AsyncStream<Void>.Continuation
    }

    @Test func gracePeriodNamesWhoIsLate() async throws {
        let time = ManualTimeSource()
        let started = AsyncStream<Void>.makeStream()
        let waiter = Locked<CheckedContinuation<Void, Never>?>(nil)
        let stubborn = Stubborn(release: started.stream, waiter: waiter, onStart: started.continuation)
        let late = AsyncStream<[String]>.makeStream()
        let group = ServiceGroup(
            [stubborn, Probe(name: "b", journal: Journal(), fails: true)], gracePeriod: .seconds(5), logger: .disabled,
            time: time
        ) { late.continuation.yield($0) }
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await #expect(throws: ServiceGroupError.self) { try await group.run() } }
            for await _ in started.stream { break }
            await time.waitForSleepers()
            time.advance(by: .seconds(5))
            for await names in late.stream {
                #expect(names == ["stubborn"])
                break
            }
            waiter.withLock { $0 }?.resume()
        }
    }
}
