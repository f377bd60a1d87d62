import ControllerRuntime
import JSON
import KubernetesModel
import LifecycleTesting
import Primitives
import SchedulingTesting
import Telemetry
import Testing

@Suite(.ownThread) struct ControllerGuardTests {
    private static func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "a", name: name) }

    @Test func keyThatWritesAtEveryLookIsSlowedDown() {
        var brake = WriteBrake(burst: 3, refill: .seconds(2))
        for _ in 0..<3 {
            #expect(brake.hold(Self.key("k"), now: .zero) == nil)
            brake.wrote(Self.key("k"), now: .zero)
        }
        #expect(brake.hold(Self.key("k"), now: .zero) == .seconds(2))
        #expect(brake.hold(Self.key("k"), now: .seconds(1)) == .seconds(1))
        #expect(brake.hold(Self.key("k"), now: .seconds(2)) == nil)
        #expect(brake.hold(Self.key("other"), now: .zero) == nil)
        #expect(brake.hold(Self.key("k"), now: .seconds(60)) == nil)
        #expect(brake.count == 0, "a key that came to rest is forgotten")
    }

    @Test func brakeRemembersNoMoreThanItMust() {
        var brake = WriteBrake(burst: 2, refill: .seconds(1))
        for number in 0..<10_000 { brake.wrote(Self.key("k\(number)"), now: .milliseconds(number * 10)) }
        #expect(brake.count <= 1_024)
    }

    @Test func overdueRunIsStoppedOnceAndOnlyWhileItRuns() {
        let runs = RunTimes(workers: 2, limit: .seconds(60))
        let signs = [runs.stopSign(of: 0), runs.stopSign(of: 1)]
        runs.begin(0, now: .zero)
        runs.begin(1, now: .seconds(50))
        #expect(runs.stopOverdue(now: .seconds(59)) == .seconds(1))
        #expect(runs.stopOverdue(now: .seconds(60)) == .seconds(50))
        #expect(signs.map(\.isOpen) == [true, false])
        #expect(runs.end(0) && !runs.end(1))
        #expect(runs.stopOverdue(now: .seconds(1_000)) == .seconds(60))
        #expect(!signs[1].isOpen)
    }

    /// The worker whose reconcile was stopped goes on with other keys, and nobody else was touched.
    @Test func workersOutliveAStoppedReconcile() async throws {
        let (time, metrics) = (ManualTimeSource(), MetricsRegistry())
        let seen = Locked<[String]>([])
        let controller = Controller(
            name: "widgets",
            reconciler: Reconciling { key in
                seen.withLock { $0.append(key.name) }
                if key.name == "stuck" {
                    let never = Latch()
                    do { try await never.wait() } catch { return ReconcileOutcome() }
                }
                return ReconcileOutcome()
            }, executor: IntentExecutor(writer: WidgetServer()),
            options: .init(
                concurrency: 1, timeout: .seconds(30),
                retryPolicy: .init(initial: .seconds(600), cap: .seconds(600), jitter: 0)),
            time: time, logger: .disabled, metrics: metrics)
        try await running([{ try await controller.run() }]) {
            controller.enqueue(Self.key("stuck"), reason: .init("test"))
            await eventually("stuck") { seen.withLock { $0 } == ["stuck"] }
            controller.enqueue(Self.key("next"), reason: .init("test"))
            await time.advance(by: .seconds(30), afterSleepers: 1)
            await eventually("went on") { seen.withLock { $0 } == ["stuck", "next"] }
        }
        #expect(
            metrics.counter("controller_runtime_reconcile_timeouts_total", "", labels: ["controller"]).value(["widgets"]
            ) == 1)
    }

    @Test func everythingIsLookedAtAgainBehindWhatIsNew() async throws {
        let time = ManualTimeSource()
        let store = Store<Widget>()
        let (seen, mayGoOn) = (Locked<[String]>([]), Latch())
        let controller = Controller(
            name: "widgets",
            reconciler: Reconciling { key in
                seen.withLock { $0.append(key.name) }
                if key.name == "first" { await mayGoOn.waitToTheEnd() }
                return ReconcileOutcome()
            }, executor: IntentExecutor(writer: WidgetServer()),
            options: .init(concurrency: 1, timeout: .seconds(86_400), resync: .seconds(3_600)), time: time,
            logger: .disabled)
        controller.watch(store)
        store.apply(.replace([Widget("a", version: 1), Widget("b", version: 2)], version: "2"))
        try await running([{ try await controller.run() }]) {
            await eventually("the first look") { seen.withLock { $0 } == ["a", "b"] }
            controller.enqueue(Self.key("first"), reason: .init("test"))
            await eventually("busy") { seen.withLock { $0.last } == "first" }
            await time.advance(by: .seconds(3_600), afterSleepers: 1)
            await eventually("both are queued") { controller.queue.depth == 2 }
            controller.enqueue(Self.key("live"), reason: .init("test"))
            let reasons = controller.debugValue()["keys"]?.arrayValue?.compactMap { $0["reasons"]?.arrayValue?.first }
            #expect(reasons == ["test", "Widget: resynced a/a@1", "Widget: resynced a/b@2", "test"])
            mayGoOn.open()
            await eventually("all of it") { seen.withLock { $0.count } == 6 }
        }
        #expect(seen.withLock { $0 } == ["a", "b", "first", "live", "a", "b"])
    }
}

struct Reconciling: Reconciler {
    let body: @Sendable (ObjectKey) async -> ReconcileOutcome

    init(_ body: @escaping @Sendable (ObjectKey) async -> ReconcileOutcome) { self.body = body }

    func reconcile(_ key: ObjectKey) async -> ReconcileOutcome { await body(key) }
}
