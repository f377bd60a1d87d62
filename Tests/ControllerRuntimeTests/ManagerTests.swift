import ControllerRuntime
import JSON
import KubernetesModel
import Lifecycle
import LifecycleTesting
import Primitives
import SchedulingTesting
import Telemetry
import Testing

@Suite(.ownThread) struct ManagerTests {
    private let time = ManualTimeSource()
    private let server = WidgetServer()
    private let store = Store<Widget>()
    private let metrics = MetricsRegistry()
    private let key = ObjectKey(namespace: "a", name: "k")

    @Test func stopLetsAWriteUnderWayEndAndFlushesTheEvents() async throws {
        let recorder = EventRecorder(
            writer: server, controller: "test.dev/operator", instance: "pod", time: time, logger: .disabled, seed: 1)
        let (hasBegun, mayEnd) = (Latch(), Latch())
        let slow = Slow(hasBegun: hasBegun, mayEnd: mayEnd, recorder: recorder)
        let reflector = Reflector(store: store, source: server, time: time, logger: .disabled, seed: 1)
        let controller = Controller(
            name: "widgets", reconciler: slow, executor: IntentExecutor(writer: server), time: time, logger: .disabled)
        controller.watch(store)
        let manager = Manager(
            caches: [reflector], controllers: [controller], recorder: recorder, time: time, logger: .disabled,
            metrics: metrics)
        #expect(manager.probes.answer(path: "/readyz")?.status == 503)
        let group = ServiceGroup(manager.orderedServices, logger: .disabled, time: time)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                try await group.run {
                    await eventually("ready") { manager.probes.isReady }
                    controller.enqueue(key, reason: .init("test"))
                    try await hasBegun.wait()
                }
            }
            await eventually("not ready while stopping") { hasBegun.isOpen && !manager.probes.isReady }
            await eventually("no more keys") { controller.queue.isShutDown }
            controller.enqueue(ObjectKey(namespace: "a", name: "too late"), reason: .init("test"))
            // Long enough for a cancellation to arrive, if there were one.
            for _ in 0..<5_000 { await Task.yield() }
            #expect(controller.queue.processingCount == 1)
            mayEnd.open()
            try await tasks.waitForAll()
        }
        #expect(server.writes.sorted() == ["create events.events.k8s.io", "create made-by-k"])
    }

    @Test func reconcileThatOutlastsTheGraceIsCancelled() async throws {
        let hasBegun = Latch()
        let controller = Controller(
            name: "widgets", reconciler: Slow(hasBegun: hasBegun, mayEnd: Latch(), recorder: nil),
            executor: IntentExecutor(writer: server), options: .init(timeout: .seconds(600), drainGrace: .seconds(20)),
            time: time, logger: .disabled)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await controller.run() }
            controller.enqueue(key, reason: .init("test"))
            try await hasBegun.wait()
            tasks.addTask { await controller.drain() }
            // The deadline of the reconcile and the grace.
            await time.waitForSleepers(2)
            time.advance(by: .seconds(20))
            try await tasks.waitForAll()
        }
        #expect(controller.queue.processingCount == 0)
    }

    /// From the start to the first reconcile: one list, which serves as the barrier as well.
    @Test func theFirstListIsTheOnlyRequestBeforeTheWork() async throws {
        server.change { $0.put("x", size: 1) }
        let reflector = Reflector(store: store, source: server, time: time, logger: .disabled, seed: 1)
        let hasBegun = Latch()
        let controller = Controller(
            name: "widgets", reconciler: Slow(hasBegun: hasBegun, mayEnd: Latch(), recorder: nil),
            executor: IntentExecutor(writer: server), time: time, logger: .disabled)
        controller.watch(store)
        let manager = Manager(caches: [reflector], controllers: [controller], time: time, logger: .disabled)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for service in manager.orderedServices { tasks.addTask { try await service.run() } }
            try await hasBegun.wait()
            tasks.cancelAll()
        }
        #expect(server.requests == ["stream latest"])
    }

    @Test func drainBeforeTheStartReturnsAtOnce() async {
        let controller = Controller(
            name: "widgets", reconciler: Slow(hasBegun: Latch(), mayEnd: Latch(), recorder: nil),
            executor: IntentExecutor(writer: server), time: time, logger: .disabled)
        await controller.drain()
    }

    /// What an operator has in its queues and why, while it leads, and nothing afterwards.
    @Test func theDebugPageTellsWhyEachKeyIsThere() async throws {
        server.change { $0.put("x", size: 1) }
        let reflector = Reflector(store: store, source: server, time: time, logger: .disabled, seed: 1)
        let (hasBegun, store, server, time) = (Latch(), store, server, time)
        let manager = Manager(caches: [reflector], time: time, logger: .disabled) { _ in
            let controller = Controller(
                name: "widgets", reconciler: Slow(hasBegun: hasBegun, mayEnd: Latch(), recorder: nil),
                executor: IntentExecutor(writer: server), options: .init(concurrency: 1), time: time, logger: .disabled)
            controller.watch(store)
            controller.enqueue(
                ObjectKey(namespace: "z", name: "later"), priority: .initial, reason: .init("test", "why"))
            return Work(controllers: [controller])
        }
        let pages = DebugPages(manager.controllers)
        #expect(pages.answer(path: "/debug/controllers")?.body == "[]\n")
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for service in manager.orderedServices { tasks.addTask { try await service.run() } }
            try await hasBegun.wait()
            let page = try #require(pages.answer(path: "/debug/controllers"))
            #expect(page.status == 200 && page.contentType == "application/json")
            let told = try JSONValue(parsing: Array(page.body.utf8)).arrayValue?.first
            #expect(told?["controller"] == "widgets" && told?["keys"]?.arrayValue?.count == 2)
            let first = told?["keys"]?.arrayValue?.first
            #expect(first?["key"] == "a/x" && first?["place"] == "processing")
            #expect(first?["reasons"] == ["Widget: added"])
            #expect(told?["keys"]?.arrayValue?.last?["reasons"] == ["test: why"])
            let one = try JSONValue(parsing: Array((pages.answer(path: "/debug/controllers?limit=1")?.body ?? "").utf8))
            #expect(one.arrayValue?.first?["keys"]?.arrayValue?.count == 1)
            tasks.cancelAll()
        }
        #expect(pages.answer(path: "/debug/controllers")?.body == "[]\n")
    }

    @Test(arguments: ["limit=0", "limit=x", "limit=100001", "key=a", "limit=1&limit=-1"])
    func whatTheDebugPageDoesNotUnderstandItRefuses(query: String) {
        let pages = DebugPages(ControllerBook())
        #expect(pages.answer(path: "/debug/controllers?\(query)")?.status == 400)
        #expect(pages.answer(path: "/debug") == nil && pages.answer(path: "/metrics") == nil)
    }

    @Test func probesNameWhatIsWrong() {
        let probes = Probes(
            liveness: [.init("loop") { true }], readiness: [.init("a cache") { true }, .init("b cache") { false }],
            metrics: metrics)
        _ = metrics.counter("seen_total", "Seen.")
        #expect(probes.answer(path: "/healthz")?.status == 200)
        #expect(probes.answer(path: "/readyz?verbose")?.body == "[+]a cache ok\n[-]b cache failed\n")
        #expect(probes.answer(path: "/readyz")?.status == 503)
        #expect(probes.answer(path: "/metrics")?.body == metrics.prometheusText())
        #expect(probes.answer(path: "/") == nil)
    }
}

/// Works until it is let go, then wants a write and tells of it.
private struct Slow: Reconciler {
    let hasBegun: Latch
    let mayEnd: Latch
    let recorder: EventRecorder?

    func reconcile(_ key: ObjectKey) async -> ReconcileOutcome {
        hasBegun.open()
        do throws(CancellationError) {
            try await mayEnd.wait()
        } catch {
            return ReconcileOutcome([], .retry(error))
        }
        let made = Widget("made-by-\(key.name)", namespace: key.namespace)
        recorder?.record(.about(made, reason: "Made", action: "Make", note: "for \(key)"))
        return ReconcileOutcome([.create(made)])
    }
}
