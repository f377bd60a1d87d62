import ControllerRuntime
import KubernetesModel
import LifecycleTesting
import Primitives
import SchedulingTesting
import Telemetry
import Testing

/// The gate against a cache that is stuck, and a server that answers late or not at all.
@Suite(.ownThread, .timeLimit(.minutes(1))) struct WriteGateTests {
    private static let key = ObjectKey(namespace: "a", name: "owner")
    private let time = ManualTimeSource()
    private let view = StuckView()

    private func gate() -> WriteGate { WriteGate(views: [view], time: time, logger: .disabled) }

    private static func write(_ version: String, to key: ObjectKey = key) -> WrittenObject {
        WrittenObject(type: Widget.resourceType, key: key, uid: "u", resourceVersion: version)
    }

    private func passTheCap() async {
        let time = time
        // The time limit of a read that has just ended may still be there for a moment.
        await eventually("the next read is waited for") { time.untilNextWake == .seconds(3) }
        time.advance(by: .seconds(3))
    }

    @Test func aKeyIsHeldUntilTheReadIsBack() async throws {
        let gate = gate()
        gate.record(Self.write("9"), by: Self.key)
        view.holdReads(true)
        try await running([{ await gate.run() }]) {
            await passTheCap()
            await eventually("it is being read") { view.reads == 1 }
            #expect(await gate.hold(Self.key) != nil)
            view.holdReads(false)
            while await gate.hold(Self.key) != nil { await Task.yield() }
        }
        #expect(view.reads == 1)
    }

    @Test func aReadThatFailsIsMadeAgain() async throws {
        let gate = gate()
        view.failNext(.failed("503"))
        gate.record(Self.write("9"), by: Self.key)
        try await running([{ await gate.run() }]) {
            await passTheCap()
            await eventually("it has been read in vain") { view.reads == 1 }
            await passTheCap()
            await eventually("it has been read") { view.reads == 2 }
            while await gate.hold(Self.key) != nil { await Task.yield() }
        }
        #expect(view.reads == 2)
    }

    /// Nothing would ever show such a write.
    @Test func aKindWithoutACacheIsNotWaitedFor() async {
        let gate = gate()
        let map = WrittenObject(type: .configMaps, key: Self.key, uid: "u", resourceVersion: "9")
        gate.record(map, by: Self.key)
        #expect(await gate.hold(Self.key) == nil)
        gate.record(Self.write("9"), by: Self.key)
        #expect(await gate.hold(Self.key) != nil)
        time.advance(by: .seconds(3))
        #expect(await gate.hold(Self.key) == nil)
        #expect(view.reads == 1)
    }

    /// Everything written is overdue at once when a watch is stuck, and the server may answer late.
    @Test func aReadThatHangsHoldsUpNoOther() async throws {
        let gate = gate()
        let keys = (10..<30).map { ObjectKey(namespace: "a", name: "k\($0)") }
        for key in keys { gate.record(Self.write("9", to: key), by: key) }
        view.holdReads(true)
        try await running([{ await gate.run() }]) {
            await passTheCap()
            await eventually("as many as may be are being read") { view.reads == 16 }
            for _ in 0..<1_000 { await Task.yield() }
            #expect(view.reads == 16)
            // Whoever looks at one of the others does not wait for its turn.
            async let last = gate.hold(keys[19])
            await eventually("it is being read as well") { view.reads == 17 }
            view.holdReads(false)
            #expect(await last == nil)
            await eventually("all are read") { view.reads == 20 }
        }
    }

    /// The time limit of a reconcile covers what is read before it.
    @Test func aReadThatHangsDoesNotKeepTheWorker() async throws {
        let (gate, time, metrics) = (gate(), time, MetricsRegistry())
        let seen = Locked<[String]>([])
        let controller = Controller(
            name: "widgets",
            reconciler: Reconciling { key in
                seen.withLock { $0.append(key.name) }
                return ReconcileOutcome()
            }, executor: IntentExecutor(writer: WidgetServer()), gate: gate,
            options: .init(concurrency: 1, timeout: .seconds(4)), time: time, logger: .disabled, metrics: metrics,
            seed: 1)
        gate.record(Self.write("9"), by: Self.key)
        time.advance(by: .seconds(3))
        view.holdReads(true)
        try await running([{ try await controller.run() }]) {
            controller.enqueue(Self.key, reason: .init("test"))
            await eventually("it is being read") { view.reads == 1 }
            controller.enqueue(ObjectKey(namespace: "a", name: "other"), reason: .init("test"))
            await time.advance(by: .seconds(4), afterSleepers: 3)
            await eventually("the worker goes on") { seen.withLock { $0 } == ["other"] }
            view.holdReads(false)
            await eventually("the key is looked at again") {
                // No time passes while it is being read.
                if let next = time.untilNextWake, next <= .seconds(1) { time.advance(by: next) }
                return seen.withLock { $0 } == ["other", "owner"]
            }
        }
        #expect(view.reads == 2)
        #expect(
            metrics.counter("controller_runtime_reconcile_timeouts_total", "", labels: ["controller"])
                .value(["widgets"]) == 0, "no reconcile had begun")
    }

    /// Each is given up after five seconds, and the pauses between them double, up to thirty.
    @Test func readsThatHangAreMadeAgainFurtherAndFurtherApart() async throws {
        let (gate, time, view) = (gate(), time, view)
        gate.record(Self.write("9"), by: Self.key)
        view.holdReads(true)
        var starts: [Duration] = []
        try await running([{ await gate.run() }]) {
            for read in 1...6 {
                let next = Locked<Duration?>(nil)
                await eventually("it waits for read \(read)") {
                    next.withLock { $0 = time.untilNextWake }
                    return next.withLock { $0 } != nil
                }
                time.advance(by: try #require(next.withLock { $0 }))
                await eventually("read \(read)") { view.reads == read }
                try #require(view.reads == read)
                starts.append(time.monotonicNow())
                await time.advance(by: WriteGate.readLimit, afterSleepers: 1)
            }
        }
        #expect(starts == [3, 11, 22, 39, 68, 103].map { .seconds($0) })
    }

    /// Reads of the one fail, the next is due in twelve seconds; the other is due in three.
    @Test func theLongPauseOfOneWriteHoldsUpNoOther() async throws {
        let (gate, time, view) = (gate(), time, view)
        let other = ObjectKey(namespace: "a", name: "other")
        for _ in 1...3 { view.failNext(.failed("503")) }
        gate.record(Self.write("9"), by: Self.key)
        try await running([{ await gate.run() }]) {
            for (read, pause) in zip(1...3, [3, 3, 6] as [Int]) {
                await eventually("it waits for read \(read)") { time.untilNextWake == .seconds(pause) }
                time.advance(by: .seconds(pause))
                await eventually("read \(read)") { view.reads == read }
            }
            await eventually("the long pause") { time.untilNextWake == .seconds(12) }
            gate.record(Self.write("9", to: other), by: other)
            await eventually("it waits for the other as well") { time.untilNextWake == .seconds(3) }
            time.advance(by: .seconds(3))
            await eventually("the other is read") { view.reads == 4 }
        }
        #expect(view.reads == 4)
    }

    /// One batch of reads after the other would keep the worker for five seconds each.
    @Test func aLookTakesTheTimeOfOneReadHoweverManyHang() async throws {
        let (gate, time, view) = (gate(), time, view)
        for number in 10..<50 {
            gate.record(Self.write("9", to: ObjectKey(namespace: "a", name: "w\(number)")), by: Self.key)
        }
        time.advance(by: .seconds(3))
        view.holdReads(true)
        let waits = Locked<[Duration?]>([])
        try await running([
            {
                let wait = await gate.hold(Self.key)
                waits.withLock { $0.append(wait) }
            }
        ]) {
            await eventually("as many as may be are being read") { view.reads == 16 }
            await time.advance(by: WriteGate.readLimit, afterSleepers: 17)
            await eventually("the look is over") { waits.withLock { $0 } == [.seconds(1)] }
            // Each is waited for again, and read in its turn.
            #expect(await gate.hold(Self.key) != nil)
        }
    }

    /// A look that has read in vain knows no more than before.
    @Test func aKeyIsHeldWhenItsOwnReadFails() async {
        let gate = gate()
        gate.record(Self.write("9"), by: Self.key)
        time.advance(by: .seconds(3))
        view.failNext(.failed("503"))
        #expect(await gate.hold(Self.key) == .seconds(1))
        #expect(await gate.hold(Self.key) != nil)
        #expect(view.reads == 1)
        time.advance(by: .seconds(3))
        #expect(await gate.hold(Self.key) == nil)
        #expect(view.reads == 2)
    }

    /// Watch and reads hang, writes would not: the key is looked at all the same, and nothing is overdue on the way.
    @Test func aKeyWhoseReadsHangIsLookedAtInTheEnd() async throws {
        let (gate, time, view) = (gate(), time, view)
        let seen = Locked<[String: Duration]>([:])
        let controller = Controller(
            name: "widgets",
            reconciler: Reconciling { key in
                seen.withLock { $0[key.name] = time.monotonicNow() }
                return ReconcileOutcome()
            }, executor: IntentExecutor(writer: WidgetServer()), gate: gate,
            options: .init(concurrency: 1), time: time, logger: .disabled, seed: 1)
        gate.record(Self.write("9"), by: Self.key)
        view.holdReads(true)
        controller.enqueue(Self.key, reason: .init("test"))
        try await running([{ try await controller.run() }, { await gate.run() }]) {
            while seen.withLock({ $0[Self.key.name] }) == nil, time.monotonicNow() < .seconds(120), !Task.isCancelled {
                // On a busy machine this thread is sooner here again than the worker at the key.
                await eventually("nothing is overdue") { controller.queue.overdue.isEmpty }
                if let next = time.untilNextWake { time.advance(by: min(next, .seconds(1))) }
                // Each is a turn of all that other tests have ready as well: a thousand took a minute beside them.
                for _ in 0..<100 { await Task.yield() }
            }
        }
        let looked = try #require(seen.withLock { $0[Self.key.name] })
        #expect(looked >= .seconds(30))
        #expect(view.reads >= 2)
    }

    /// One write a second for three seconds: the read comes three seconds after the first of them.
    @Test func writingOnDoesNotPutOffTheRead() async throws {
        let gate = gate()
        for second in 0..<3 {
            gate.record(Self.write("\(9 + second)"), by: Self.key)
            time.advance(by: .seconds(1))
        }
        #expect(await gate.hold(Self.key) == nil)
        #expect(view.reads == 1)
    }
}

/// Shows nothing.
private final class StuckView: CacheView {
    private struct State {
        var reads = 0
        var failures: [WatchFailure] = []
        var gate = Latch()
    }

    private let state = Locked(State())
    let resourceType = Widget.resourceType

    init() { state.withLock { $0.gate.open() } }

    var reads: Int { state.withLock { $0.reads } }

    func holdReads(_ holds: Bool) {
        let opened = state.withLock { state -> Latch? in
            guard holds else { return state.gate }
            state.gate = Latch()
            return nil
        }
        opened?.open()
    }

    func failNext(_ failure: WatchFailure) { state.withLock { $0.failures.append(failure) } }

    func covers(_ key: ObjectKey) -> Bool { true }
    func shows(_ write: WrittenObject) -> Bool { false }

    func refresh(_ key: ObjectKey) async throws(WatchFailure) {
        let (gate, failure) = state.withLock { state in
            state.reads += 1
            return (state.gate, state.failures.isEmpty ? nil : state.failures.removeFirst())
        }
        do { try await gate.wait() } catch { throw .failed("cancelled") }
        if let failure { throw failure }
    }
}
