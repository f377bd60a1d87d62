import ControllerRuntime
import KubernetesModel
import LifecycleTesting
import Primitives
import Telemetry
import Testing

struct ReflectorTests {
    private let time = ManualTimeSource()
    private let server = WidgetServer()
    private let store = Store<Widget>()

    private var reflector: Reflector<Widget> {
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
            store.subscribe { change in heard.withLock { $0.append(change.reason.detail) } }
            server.change {
                $0.put("x", size: 2)
                $0.remove("x")
            }
            await eventually("all three") { heard.withLock { $0.count } == 3 }
        }
        #expect(heard.withLock { $0 } == ["added a/x@9", "modified a/x@10", "deleted a/x@10"])
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
            #"reflector_lists_total{resource="widgets.test.dev"} 1"#,
            #"reflector_failures_total{resource="widgets.test.dev"} 0"#,
        ] {
            #expect(text.contains(line + "\n"), "\(line) is not in\n\(text)")
        }
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
