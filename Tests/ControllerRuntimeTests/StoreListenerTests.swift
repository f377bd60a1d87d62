import ControllerRuntime
import KubernetesModel
import Primitives
import Testing

/// A store outlives those who listen to it in one term.
@Suite struct StoreListenerTests {
    private final class Owner: Sendable {}

    /// Only what is there when somebody begins to look stands behind everything else, and shares one set of reasons.
    @Test func onlyTheFirstLookIsOfLowPriority() {
        let store = Store<Widget>()
        let heard = Locked<[String]>([])
        store.subscribe { change in
            let reason = store.reasons(for: change).reasons[0].detail
            heard.withLock { $0.append("\(change.priority.value) \(reason)") }
        }
        func told() -> [String] {
            heard.withLock { heard in
                defer { heard = [] }
                return heard
            }
        }
        store.apply(.replace([Widget("x", version: 1), Widget("y", version: 2)], version: "2"))
        #expect(told() == ["-100 added", "-100 added"])
        store.apply(.replace([Widget("x", version: 4), Widget("z", version: 5)], version: "6"))
        #expect(told() == ["0 modified a/x@4", "0 missing a/y@2", "0 added a/z@5"])
        store.apply(.upsert(Widget("z", version: 7)))
        #expect(told() == ["0 modified a/z@7"])
        store.apply(.replace([], version: "8"))
        #expect(told() == ["0 missing a/x@4", "0 missing a/z@7"])
        store.apply(.replace([Widget("x", version: 9)], version: "9"))
        #expect(told() == ["0 added a/x@9"], "not the first list, though nothing was shown before")
        store.resync { change in heard.withLock { $0.append("\(change.priority.value)") } }
        #expect(told() == ["-100"])
        store.subscribe { change in heard.withLock { $0.append("\(change.priority.value)") } }
        #expect(told() == ["-100"])
    }

    /// A handler that looks further than the object it hears of sees one state of the server, and not half of two.
    @Test func theWholeListCanBeReadBeforeTheFirstHandlerHears() {
        let store = Store<Widget>()
        let seen = Locked<Set<String>>([])
        store.subscribe { _ in
            let all = store.list().map { "\($0.metadata.name)\($0.size)" }.joined(separator: " ")
            _ = seen.withLock { $0.insert("\(all) @\(store.resourceVersion) \(store.isSynced)") }
        }
        store.apply(.replace([Widget("x", version: 1), Widget("y", version: 2)], version: "2"))
        #expect(seen.withLock { $0 } == ["x0 y0 @2 true"])
        seen.withLock { $0 = [] }
        store.apply(.replace([Widget("y", size: 5, version: 4), Widget("z", version: 5)], version: "6"))
        #expect(seen.withLock { $0 } == ["y5 z0 @6 true"])
    }

    @Test func whoIsGoneIsForgotten() {
        let store = Store<Widget>()
        let stays = Owner()
        store.subscribe(for: stays) { _ in }
        for _ in 0..<10 { store.subscribe(for: Owner()) { _ in } }
        store.subscribe { _ in }
        #expect(store.listenerCount == 2)
        withExtendedLifetime(stays) {}
    }
}
