import ControllerRuntime
import KubernetesClient
import KubernetesModel
import Lifecycle
import LifecycleTesting
import Primitives
import SchedulingTesting
import Telemetry
import Testing

@Suite(.ownThread) struct ControllerTests {
    private let time = ManualTimeSource()
    private let server = WidgetServer()
    private let store = Store<Widget>()
    private let metrics = MetricsRegistry()
    private static func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "a", name: name) }

    private var reflector: Reflector<Widget, Widget> {
        Reflector(store: store, source: server, time: time, logger: .disabled, seed: 3)
    }

    private func controller(
        _ reconciler: any Reconciler, gate: WriteGate? = nil, options: ControllerOptions = ControllerOptions()
    ) -> Controller {
        Controller(
            name: "widgets", reconciler: reconciler, executor: IntentExecutor(writer: server), gate: gate,
            options: options, time: time, logger: .disabled, metrics: metrics)
    }

    private func count(_ name: String, _ result: String? = nil) -> Double {
        metrics.counter(name, "", labels: ["controller"] + (result == nil ? [] : ["result"]))
            .value(["widgets"] + (result.map { [$0] } ?? []))
    }

    /// Two keys ask for the same lagging cache: without the gate the second reconcile would create the child again.
    @Test func reconcileWaitsUntilTheCacheShowsOurOwnWrite() async throws {
        server.change { $0.put("owner", size: 1) }
        let reflector = reflector
        let gate = WriteGate(views: [reflector], time: time, logger: .disabled)
        let controller = controller(MakeChild(store: store), gate: gate)
        controller.watch(store) { [Self.key($0.key.name.hasPrefix("owner") ? "owner" : "none")] }
        try await running([{ try await reflector.run() }, { try await controller.run() }]) {
            await eventually("synced") { store.isSynced }
            server.holdBack(true)
            await eventually("child made") { server.writes == ["create owner-child"] }
            await eventually("first reconcile over") { controller.queue.processingCount == 0 }
            controller.enqueue(Self.key("owner"), reason: .init("test"))
            await eventually("held") { count("controller_stale_sync_skips_total") >= 1 }
            server.holdBack(false)
            await eventually("reconciled again") {
                count("controller_runtime_reconcile_total", "success") >= 2 && controller.queue.processingCount == 0
            }
        }
        #expect(server.writes == ["create owner-child"])
        #expect(count("controller_runtime_reconcile_errors_total") == 0)
    }

    /// A watch that never speaks again: after the cap one live read shows the child, and the key goes on.
    @Test func stuckWatchDoesNotFreezeAKey() async throws {
        server.change { $0.put("owner", size: 1) }
        let reflector = reflector
        let gate = WriteGate(views: [reflector], time: time, logger: .disabled)
        let controller = controller(MakeChild(store: store), gate: gate)
        try await running([{ try await reflector.run() }, { try await controller.run() }]) {
            await eventually("synced") { store.isSynced }
            server.holdBack(true)
            controller.enqueue(Self.key("owner"), reason: .init("test"))
            await eventually("child made") {
                server.writes == ["create owner-child"] && controller.queue.processingCount == 0
            }
            time.advance(by: .seconds(3))
            controller.enqueue(Self.key("owner"), reason: .init("test"))
            await eventually("went on") { count("controller_runtime_reconcile_total", "success") == 2 }
        }
        #expect(server.writes == ["create owner-child"])
        #expect(store.count == 2)
    }

    @Test func boundsHoldAndNoKeyIsLost() async throws {
        let watchful = Watchful()
        let controller = controller(watchful, options: .init(concurrency: 3))
        try await running([{ try await controller.run() }]) {
            var random = SeededGenerator(seed: 11)
            for number in 0..<400 {
                let key = Self.key("k\(Int.random(in: 0..<10, using: &random))")
                watchful.want(key, number)
                controller.enqueue(key, reason: .init("test", "\(number)"))
                if number % 7 == 0 { await Task.yield() }
            }
            await eventually("every last wish was seen") { watchful.isSatisfied }
        }
        #expect(watchful.mostAtOnce <= 3)
        #expect(watchful.mostAtOnce > 1, "the test never saw two at once")
        #expect(watchful.mostPerKey == 1)
    }

    @Test func failuresAreRetriedAfterABackoffAndTerminalOnesAreNot() async throws {
        let results = Locked<[ReconcileResult]>([
            .retry(Broken()), .retry(Broken()), .requeue(after: .seconds(60)), .terminal(Broken()),
        ])
        let controller = controller(
            Scripted { _ in ReconcileOutcome([], results.withLock { $0.isEmpty ? .done : $0.removeFirst() }) },
            options: .init(
                timeout: .seconds(600), retryPolicy: .init(initial: .seconds(1), cap: .seconds(8), jitter: 0)))
        try await running([{ try await controller.run() }]) {
            controller.enqueue(Self.key("k"), reason: .init("test"))
            for wait in [1, 2, 60] {
                await eventually("a wait of \(wait) s") { time.untilNextWake == .seconds(wait) }
                time.advance(by: .seconds(wait))
            }
            await eventually("terminal") { count("controller_runtime_terminal_reconcile_errors_total") == 1 }
            await eventually("over") { controller.queue.processingCount == 0 }
        }
        #expect(results.withLock { $0.count } == 0)
        #expect(count("controller_runtime_reconcile_total", "error") == 3)
        #expect(count("controller_runtime_reconcile_total", "requeue_after") == 1)
        let reasons = metrics.counter("controller_reconcile_reasons_total", "", labels: ["controller", "source"])
        #expect(["test", "retry", "timer"].map { reasons.value(["widgets", $0]) } == [1, 2, 1])
        #expect(controller.queue.depth == 0)
        #expect(controller.queue.failureCount(of: Self.key("k")) == 0, "a terminal failure is not tried again")
    }

    /// What the client does not wait for itself, the key waits for: by its own backoff it would ask a dozen times meanwhile.
    @Test(arguments: [(40, 40, true), (40, 40, false), (86_400, 300, false), (0, 1, true), (-5, 1, false)])
    func keyStaysAwayAsLongAsTheServerAsks(asked: Int, waited: Int, whileWriting: Bool) async throws {
        let busy = KubernetesError.Kind.tooManyRequests(retryAfter: .seconds(asked))
        if whileWriting { server.failNextWrites(with: [busy]) }
        let looks = Locked(0)
        let controller = controller(
            Scripted { _ in
                let isFirst = looks.withLock { count in
                    count += 1
                    return count == 1
                }
                guard isFirst else { return ReconcileOutcome() }
                if whileWriting { return ReconcileOutcome([.create(Widget("x"))]) }
                return ReconcileOutcome([], .retry(KubernetesError(Operation(verb: "list"), busy)))
            },
            options: .init(
                timeout: .seconds(600), retryPolicy: .init(initial: .seconds(1), cap: .seconds(8), jitter: 0)))
        try await running([{ try await controller.run() }]) {
            controller.enqueue(Self.key("k"), reason: .init("test"))
            await eventually("waits") { time.untilNextWake == .seconds(waited) }
            time.advance(by: .seconds(waited))
            await eventually("looked again") { count("controller_runtime_reconcile_total", "success") == 1 }
        }
        #expect(count("controller_runtime_reconcile_total", "error") == 1)
    }

    @Test func failedWriteRetriesWhateverTheResultSaid() async throws {
        server.failNextWrites(with: [.conflict])
        let controller = controller(
            Scripted { _ in ReconcileOutcome([.create(Widget("x"))], .terminal(Broken())) },
            options: .init(
                timeout: .seconds(600), retryPolicy: .init(initial: .seconds(1), cap: .seconds(8), jitter: 0)))
        try await running([{ try await controller.run() }]) {
            controller.enqueue(Self.key("k"), reason: .init("test"))
            await eventually("waits") { time.untilNextWake == .seconds(1) }
            time.advance(by: .seconds(1))
            await eventually("status written") { server.writes == ["create x"] }
        }
    }

    @Test func reconcileThatTakesTooLongIsCancelledAndCounted() async throws {
        let time = time
        let controller = controller(
            Scripted { _ in
                do {
                    try await time.sleep(for: .seconds(3_600))
                    return ReconcileOutcome()
                } catch {
                    return ReconcileOutcome([], .retry(error))
                }
            }, options: .init(timeout: .seconds(30)))
        try await running([{ try await controller.run() }]) {
            controller.enqueue(Self.key("k"), reason: .init("test"))
            await time.waitForSleepers(2)
            time.advance(by: .seconds(30))
            await eventually("counted") { count("controller_runtime_reconcile_timeouts_total") == 1 }
        }
    }

    @Test func nothingIsTakenBeforeTheCacheIsFilled() async throws {
        let controller = controller(Scripted { _ in ReconcileOutcome([.create(Widget("x"))]) })
        controller.watch(store)
        try await running([{ try await controller.run() }]) {
            controller.enqueue(Self.key("k"), reason: .init("test"))
            for _ in 0..<1_000 { await Task.yield() }
            #expect(server.writes.isEmpty)
            store.apply(.replace([], version: "1"))
            await eventually("taken") { server.writes == ["create x"] }
        }
    }
}

private struct Broken: Error {}

private struct Scripted: Reconciler {
    let body: @Sendable (ObjectKey) async -> ReconcileOutcome

    init(_ body: @escaping @Sendable (ObjectKey) async -> ReconcileOutcome) { self.body = body }

    func reconcile(_ key: ObjectKey) async -> ReconcileOutcome { await body(key) }
}

/// Makes one child, if the cache shows none.
private struct MakeChild: Reconciler {
    let store: Store<Widget>

    func reconcile(_ key: ObjectKey) async -> ReconcileOutcome {
        let child = ObjectKey(namespace: key.namespace, name: key.name + "-child")
        guard store.get(key) != nil, store.get(child) == nil else { return ReconcileOutcome() }
        return ReconcileOutcome([.create(Widget(child.name, namespace: child.namespace))])
    }
}

/// Counts who is at work, and sees the newest wish for its key at the moment it begins.
private final class Watchful: Reconciler {
    private struct State {
        var atWork: [ObjectKey: Int] = [:]
        var mostAtOnce = 0
        var mostPerKey = 0
        var wanted: [ObjectKey: Int] = [:]
        var seen: [ObjectKey: Int] = [:]
    }

    private let state = Locked(State())

    var mostAtOnce: Int { state.withLock { $0.mostAtOnce } }
    var mostPerKey: Int { state.withLock { $0.mostPerKey } }
    var isSatisfied: Bool { state.withLock { $0.wanted == $0.seen && $0.atWork.values.allSatisfy { $0 == 0 } } }

    func want(_ key: ObjectKey, _ number: Int) { state.withLock { $0.wanted[key] = number } }

    func reconcile(_ key: ObjectKey) async -> ReconcileOutcome {
        state.withLock { state in
            state.atWork[key, default: 0] += 1
            state.mostPerKey = max(state.mostPerKey, state.atWork[key] ?? 0)
            state.mostAtOnce = max(state.mostAtOnce, state.atWork.values.reduce(0, +))
            state.seen[key] = state.wanted[key]
        }
        for _ in 0..<20 { await Task.yield() }
        state.withLock { $0.atWork[key, default: 0] -= 1 }
        return ReconcileOutcome()
    }
}
