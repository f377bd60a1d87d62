import ControllerRuntime
import KubernetesModel
import LifecycleTesting
import Telemetry
import Testing

/// When a cache has reached what we wrote.
struct CacheViewTests {
    private let store = Store<Widget>()
    private let cache: Reflector<Widget, Widget>
    private static let key = ObjectKey(namespace: "a", name: "x")

    init() {
        cache = Reflector(
            store: store, source: WidgetServer(), time: ManualTimeSource(), logger: .disabled, seed: 1)
        store.apply(.replace([Widget("x", version: 9, uid: "u")], version: "12"))
    }

    private static func write(_ version: String?, uid: String = "u") -> WrittenObject {
        WrittenObject(type: Widget.resourceType, key: key, uid: uid, resourceVersion: version)
    }

    /// The server answers with the version that the object has had before.
    @Test func aWriteThatChangedNothingIsShownAtOnce() {
        #expect(cache.shows(Self.write("9")))
        // Also where a read at the side of the watch is further than the watch.
        store.offer(StoreEntry(Widget("x", size: 1, version: 20, uid: "u")))
        #expect(cache.shows(Self.write("20")) && !cache.shows(Self.write("21")))
    }

    @Test(arguments: [
        StoreDelivery<Widget>.upsert(Widget("x", version: 13, uid: "u")), .upsert(Widget("y", version: 13)),
        .advance("13"), .replace([], version: "14"),
    ])
    func aWriteIsShownByAnythingThatIsAsNew(_ news: StoreDelivery<Widget>) {
        #expect(!cache.shows(Self.write("13")))
        store.apply(news)
        #expect(cache.shows(Self.write("13")))
    }

    /// The server says no version of a deletion.
    @Test func aDeletionIsShownByTheObjectsEnd() {
        #expect(!cache.shows(Self.write(nil)))
        #expect(cache.shows(Self.write(nil, uid: "another")), "the one that was deleted is gone already")
        var ending = Widget("x", version: 13, uid: "u")
        ending.metadata.deletionTimestamp = ManualTimeSource().wallNow()
        store.apply(.upsert(ending))
        #expect(cache.shows(Self.write(nil)), "a finalizer holds it")
        store.apply(.delete(Widget("x", version: 14, uid: "u")))
        #expect(cache.shows(Self.write(nil)))
    }

    /// The answer to a write that takes the last finalizer off has the version from before: nothing more was stored.
    @Test(arguments: [true, false]) func theEndOfAnObjectIsNotShownByWhatItWasBefore(isReplaced: Bool) {
        var ending = Widget("x", version: 13, uid: "u")
        ending.metadata.deletionTimestamp = ManualTimeSource().wallNow()
        store.apply(.upsert(ending))
        var end = Self.write("13")
        end.isGone = true
        #expect(!cache.shows(end))
        store.apply(.advance("20"))
        #expect(!cache.shows(end))
        store.apply(
            isReplaced ? .upsert(Widget("x", version: 21, uid: "v")) : .delete(Widget("x", version: 21, uid: "u")))
        #expect(cache.shows(end))
    }
}
