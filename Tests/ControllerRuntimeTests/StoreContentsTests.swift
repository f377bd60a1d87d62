import ControllerRuntime
import KubernetesModel
import Primitives
import Testing

struct StoreContentsTests {
    private static func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "a", name: name) }

    @Test func missingFromAListMeansGoneWithFinalStateUnknown() {
        var store = StoreContents<Widget>()
        _ = store.replace(with: [Widget("x", version: 1), Widget("y", version: 2)], version: "2")
        let changes = store.replace(with: [Widget("y", size: 5, version: 7), Widget("z", version: 8)], version: "9")
        #expect(changes.map(\.key.name) == ["x", "y", "z"])
        #expect(changes.map(\.isFinalStateUnknown) == [true, false, false])
        #expect(changes[0].old != nil && changes[1].old?.size == 0 && changes[2].old == nil)
    }

    @Test func seenDeletionHasAKnownFinalState() {
        var store = StoreContents<Widget>()
        _ = store.upsert(Widget("x", version: 1))
        let change = store.delete(Widget("x", version: 5))
        #expect(change?.isFinalStateUnknown == false)
        #expect(store.version == "5")
    }

    @Test func lateNewsOfAnOlderObjectIsPassedOver() {
        var store = StoreContents<Widget>()
        _ = store.replace(with: [Widget("x", version: 10)], version: "10")
        _ = store.offer(Widget("x", size: 3, version: 20, uid: "second"))
        #expect(store.version == "10", "a read at the side does not move the watch")
        #expect(store.upsert(Widget("x", size: 1, version: 15)) == nil)
        #expect(store.delete(Widget("x", version: 16)) == nil, "the deletion of the first x must not hide the second")
        #expect(store[Self.key("x")]?.size == 3)
        #expect(store.replace(with: [], version: "17").isEmpty)
        #expect(store.replace(with: [], version: "21").count == 1)
    }

    @Test func restoredServerIsBelieved() {
        var store = StoreContents<Widget>()
        _ = store.replace(with: [Widget("x", size: 2, version: 50), Widget("y", version: 51)], version: "51")
        let changes = store.replace(with: [Widget("x", size: 1, version: 20)], version: "30")
        #expect(changes.count == 2)
        #expect(store[Self.key("x")]?.size == 1)
        #expect(store.version == "30")
    }

    @Test func withdrawalHitsOnlyTheObjectThatWasMeant() {
        var store = StoreContents<Widget>()
        _ = store.upsert(Widget("x", version: 1, uid: "new"))
        #expect(store.withdraw(Self.key("x"), uid: "old") == nil)
        #expect(store.withdraw(Self.key("x"), uid: "new") != nil)
        #expect(store.count == 0)
    }

    @Test(arguments: UInt64(1)...30)
    func indexesAgreeWithAScan(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var store = StoreContents<Widget>(indexes: [StoreIndex("size") { [String($0.size)] }])
        for version in 1...300 {
            let namespace = ["a", "b"].randomElement(using: &random) ?? "a"
            let widget = Widget(
                "w\(Int.random(in: 0..<8, using: &random))", namespace: namespace,
                size: Int64.random(in: 0..<4, using: &random), version: version)
            switch Int.random(in: 0..<8, using: &random) {
            case 0: _ = store.delete(widget)
            case 1:
                _ = store.replace(with: store.all.filter { _ in Bool.random(using: &random) }, version: "\(version)")
            default: _ = store.upsert(widget)
            }
            for size in 0..<4 {
                let scanned = store.all.filter { $0.size == Int64(size) }
                #expect(store.all(index: "size", value: "\(size)") == scanned)
            }
            #expect(store.all(namespace: "b") == store.all.filter { $0.key.namespace == "b" })
        }
        #expect(store.all(index: "unknown", value: "0").isEmpty)
    }
}
