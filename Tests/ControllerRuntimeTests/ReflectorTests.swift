import ControllerRuntime
import KubernetesModel
import LifecycleTesting
import Primitives
import SchedulingTesting
import Telemetry
import Testing

@Suite(.ownThread) struct ReflectorTests {
    private let time = ManualTimeSource()
    private let server = WidgetServer()
    private let store = Store<Widget>()

    private var reflector: Reflector<Widget, Widget> {
        Reflector(store: store, source: server, time: time, logger: .disabled, seed: 3)
    }

    @Test func storeFollowsTheServerThroughCompaction() async throws {
        server.change { $0.put("x", size: 1) }
        let reflector = reflector
        try await running([{ try await reflector.run() }]) {
            try await store.waitUntilSynced()
            #expect(store.get(ObjectKey(namespace: "a", name: "x"))?.size == 1)
            server.change { $0.put("y", size: 2) }
            await eventually("the watch shows y") { store.count == 2 }
            server.holdBack(true)
            server.change {
                $0.remove("x")
                $0.put("z", size: 3)
                $0.compact()
            }
            server.holdBack(false)
            await eventually("the relist shows what the watch missed") {
                store.list().map(\.metadata.name) == ["y", "z"]
            }
        }
    }

    @Test func subscriberHearsOfWhatIsThereAndOfWhatComes() async throws {
        server.change { $0.put("x", size: 1) }
        let reflector = reflector
        let heard = Locked<[String]>([])
        try await running([{ try await reflector.run() }]) {
            try await store.waitUntilSynced()
            store.subscribe { change in
                let detail = store.reasons(for: change).reasons[0].detail
                heard.withLock { $0.append(detail) }
            }
            server.change {
                $0.put("x", size: 2)
                $0.remove("x")
            }
            await eventually("all three") { heard.withLock { $0.count } == 3 }
        }
        #expect(heard.withLock { $0 } == ["added", "modified a/x@10", "deleted a/x@11"])
    }

    @Test func refreshShowsWhatTheWatchDoesNotTell() async throws {
        let key = ObjectKey(namespace: "a", name: "x")
        server.change { $0.put("x", size: 1) }
        let reflector = reflector
        try await running([{ try await reflector.run() }]) {
            try await store.waitUntilSynced()
            server.holdBack(true)
            server.change { $0.put("x", size: 2) }
            try await reflector.refresh(key)
            #expect(store.get(key)?.size == 2)
            server.change { $0.remove("x") }
            try await reflector.refresh(key)
            #expect(store.get(key) == nil)
        }
    }

    /// What the watch tells late is what was before the read: nothing of it is heard of again.
    @Test func whatARefreshDidNotFindIsNotHeardOfAgainFromAWatchThatIsBehind() async throws {
        let key = ObjectKey(namespace: "a", name: "x")
        server.change { $0.put("x", size: 1) }
        let reflector = reflector
        let heard = Locked<[String]>([])
        try await running([{ try await reflector.run() }]) {
            try await store.waitUntilSynced()
            store.subscribe { change in
                heard.withLock { $0.append("\(change.key.name) \(change.new.map { "\($0.size)" } ?? "gone")") }
            }
            server.holdBack(true)
            server.change {
                $0.put("x", size: 2)
                $0.put("x", size: 3)
                $0.remove("x")
            }
            try await reflector.refresh(key)
            server.change { $0.put("y", size: 1) }
            server.holdBack(false)
            await eventually("the watch has caught up") { heard.withLock { $0.last } == "y 1" }
        }
        #expect(heard.withLock { $0 } == ["x 1", "x gone", "y 1"])
    }

    @Test func numbersTellHowFarTheCacheIs() async throws {
        let metrics = MetricsRegistry()
        server.change { $0.put("x", size: 1) }
        let reflector = Reflector(
            store: store, source: server, time: time, logger: .disabled, metrics: metrics, seed: 3)
        try await running([{ try await reflector.run() }]) {
            try await store.waitUntilSynced()
        }
        let text = metrics.prometheusText()
        for line in [
            #"informer_store_objects{resource="widgets.test.dev"} 1"#,
            #"informer_store_resource_version{resource="widgets.test.dev"} 9"#,
            #"informer_queued_items{resource="widgets.test.dev"} 0"#,
            #"informer_processing_latency_seconds_count{resource="widgets.test.dev"} 1"#,
            #"reflector_lists_total{resource="widgets.test.dev"} 1"#,
            #"reflector_failures_total{resource="widgets.test.dev"} 0"#,
        ] {
            #expect(text.contains(line + "\n"), "\(line) is not in\n\(text)")
        }
        #expect(metrics.gauge("informer_store_bytes", "", labels: ["resource"]).value(["widgets.test.dev"]) > 100)
    }

    @Test func rowsAreAllThatIsKept() async throws {
        let sizes = Store<Int64>(kind: "Widget", indexes: [StoreIndex("size") { ["\($0)"] }])
        server.change {
            $0.put("x", size: 1)
            $0.put("y", size: 7)
        }
        let reflector = Reflector(
            store: sizes, keeping: { (widget: Widget) in widget.size }, source: server, time: time, logger: .disabled,
            seed: 3)
        try await running([{ try await reflector.run() }]) {
            try await sizes.waitUntilSynced()
            server.change { $0.put("x", size: 7) }
            await eventually("both are seven") { sizes.list(index: "size", value: "7").count == 2 }
            #expect(sizes.identity(of: ObjectKey(namespace: "a", name: "x"))?.resourceVersion == "11")
        }
    }

    /// Leaders change while the cache is warm: what the one before wrote must be seen before the first reconcile.
    @Test func barrierWaitsForWhatIsWrittenElsewhere() async throws {
        server.change { $0.put("x", size: 1) }
        let reflector = reflector
        try await running([{ try await reflector.run() }]) {
            try await reflector.barrier()
            server.forgetRequests()
            server.holdBack(true)
            server.change { $0.put("x", size: 2) }
            let passed = Latch()
            async let waiting: Void = {
                try await reflector.barrier()
                passed.open()
            }()
            await eventually("the version is known") { server.requests.last == "version" }
            await time.waitForSleepers(1)
            #expect(!passed.isOpen)
            server.holdBack(false)
            try await waiting
            #expect(store.get(ObjectKey(namespace: "a", name: "x"))?.size == 2)
        }
    }

    /// Versions move with the whole cluster, and a quiet kind hears of it once a minute: the barrier reads a list then.
    @Test func barrierOfAQuietKindReadsAList() async throws {
        server.change { $0.put("x", size: 1) }
        let reflector = reflector
        try await running([{ try await reflector.run() }]) {
            try await store.waitUntilSynced()
            server.change { $0.idle() }
            server.failNextLists(with: [.failed("not yet")])
            async let waiting: Void = reflector.barrier()
            // Who sleeps when depends on who ran first; each short sleep is let pass until the list has been asked for.
            let time = time
            await eventually("read again, and listed") {
                if let next = time.untilNextWake, next <= .seconds(1) { time.advance(by: next) }
                return server.requests.filter { $0 == "stream latest" }.count == 2
            }
            try await waiting
            #expect(server.requests.filter { $0 == "version" }.count == 2)
            #expect(server.requests.filter { $0 == "stream latest" }.count == 2)
            #expect(store.resourceVersion == "10")
        }
    }

    @Test func barrierComesBackWhenTheServerSays() async throws {
        let (reflector, time) = (reflector, time)
        try await running([{ try await reflector.run() }]) {
            try await store.waitUntilSynced()
            server.change { $0.put("x", size: 1) }
            server.failNextLists(with: [.throttled(retryAfter: .seconds(40))])
            async let waiting: Void = reflector.barrier()
            await eventually("it waits as long as it was told") { time.untilNextWake == .seconds(40) }
            time.advance(by: .seconds(40))
            try await waiting
        }
        #expect(server.requests.filter { $0 == "version" }.count == 2)
    }

    @Test func waiterForTheFirstListCanBeCancelled() async {
        let wasCancelled = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                do throws(CancellationError) {
                    try await store.waitUntilSynced()
                    return false
                } catch {
                    return true
                }
            }
            group.cancelAll()
            return await group.next() ?? false
        }
        #expect(wasCancelled)
    }
}
