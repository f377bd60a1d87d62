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

    @Test func nothingOfAListIsShownBeforeItIsWhole() {
        var store = StoreContents<Widget>()
        _ = store.replace(with: [Widget("x", version: 1), Widget("y", version: 2)], version: "2")
        store.beginStage()
        store.stage(StoreEntry(Widget("x", size: 5, version: 7)))
        store.stage(StoreEntry(Widget("z", size: 5, version: 8)))
        #expect(store[Self.key("x")]?.size == 0 && store.count == 2 && store.version == "2")
        store.unstage(Self.key("z"))
        guard case .changes(let changes) = store.commit(version: "9") else {
            Issue.record("not compared")
            return
        }
        #expect(changes.map(\.key.name) == ["x", "y"])
        #expect(store.all.map(\.size) == [5])
    }

    @Test func whatAListShowsUnchangedIsNotHeldTwice() {
        var store = StoreContents<Widget>()
        let many = (1...1_000).map { Widget("w\($0)", version: $0) }
        _ = store.replace(with: many, version: "1000")
        let before = store.tableBytes
        store.beginStage()
        for widget in many { store.stage(StoreEntry(widget)) }
        #expect(store.tableBytes == before)
        guard case .changes(let changes) = store.commit(version: "1001") else {
            Issue.record("not compared")
            return
        }
        #expect(changes.isEmpty && store.count == 1_000)
    }

    /// A live read takes an object away, and another gets its place, while a list is being read.
    @Test func slotGivenToAnotherKeyDuringAListIsNotTakenForListed() {
        var store = StoreContents<Widget>()
        _ = store.replace(with: [Widget("x", version: 1), Widget("y", version: 2)], version: "2")
        store.beginStage()
        store.stage(StoreEntry(Widget("x", version: 1)))
        _ = store.withdraw(Self.key("x"), asOf: "4")
        _ = store.offer(StoreEntry(Widget("old", version: 3)))
        _ = store.offer(StoreEntry(Widget("new", version: 7)))
        _ = store.commit(version: "5")
        #expect(store.all.map(\.metadata.name) == ["new"], "made before the list and not in it, or made after it")
    }

    @Test func seenDeletionHasAKnownFinalState() {
        var store = StoreContents<Widget>()
        _ = store.upsert(StoreEntry(Widget("x", version: 1)))
        let change = store.delete(Self.key("x"), as: "5")
        #expect(change?.isFinalStateUnknown == false)
        #expect(store.version == "5")
    }

    @Test func lateNewsOfAnOlderObjectIsPassedOver() {
        var store = StoreContents<Widget>()
        _ = store.replace(with: [Widget("x", version: 10)], version: "10")
        let offered = store.offer(StoreEntry(Widget("x", size: 3, version: 20, uid: "second")))
        #expect(offered?.isAnotherObject == true)
        #expect(store.version == "10", "a read at the side does not move the watch")
        #expect(store.upsert(StoreEntry(Widget("x", size: 1, version: 15))) == nil)
        #expect(store.delete(Self.key("x"), as: "16") == nil, "the deletion of the first x must not hide the second")
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

    /// Also not the same one in a later state: it has left a selector's part and come back while it was asked for.
    @Test(arguments: ["first", "second"]) func withdrawalHitsOnlyWhatIsOlderThanTheRead(uid: String) {
        var store = StoreContents<Widget>()
        _ = store.upsert(StoreEntry(Widget("x", version: 5, uid: "first")))
        _ = store.upsert(StoreEntry(Widget("x", version: 7, uid: uid)))
        #expect(store.withdraw(Self.key("x"), asOf: "6") == nil)
        #expect(store.count == 1)
        #expect(store.withdraw(Self.key("x"), asOf: "9") != nil)
        #expect(store.count == 0)
    }

    /// The watch is behind, a read has not found the object, and what the watch says next is from before its end.
    @Test func whatAReadDidNotFindIsNotShownByAWatchThatIsBehind() {
        var store = StoreContents<Widget>()
        _ = store.replace(with: [Widget("x", version: 5), Widget("y", version: 6)], version: "6")
        #expect(store.withdraw(Self.key("x"), asOf: "20") != nil)
        #expect(store.withdraw(Self.key("new"), asOf: "20") == nil, "made and gone while the watch was silent")
        for name in ["x", "new"] {
            #expect(store.upsert(StoreEntry(Widget(name, version: 15))) == nil)
            #expect(store.offer(StoreEntry(Widget(name, version: 19))) == nil, "a read that took its time")
        }
        #expect(store.upsert(StoreEntry(Widget("y", version: 16))) != nil)
        #expect(store.delete(Self.key("x"), as: "17") == nil)
        #expect(store.replace(with: [Widget("x", version: 12), Widget("y", version: 16)], version: "17").isEmpty)
        #expect(store.all.map(\.metadata.name) == ["y"])
        #expect(store.upsert(StoreEntry(Widget("x", version: 21, uid: "second"))) != nil, "made anew since")
        #expect(store.offer(StoreEntry(Widget("new", version: 22, uid: "second"))) != nil)
    }

    /// The first list comes after the read: what it is older than is not shown by it either.
    @Test func aListFromBeforeAReadIsNotBelievedAboutWhatTheReadDidNotFind() {
        var store = StoreContents<Widget>()
        _ = store.withdraw(Self.key("x"), asOf: "20")
        _ = store.replace(with: [Widget("x", version: 5), Widget("y", version: 6)], version: "19")
        #expect(store.all.map(\.metadata.name) == ["y"])
        #expect(store.replace(with: [Widget("x", version: 23)], version: "24").count == 2)
        // The server's data was restored: what was read is true no more.
        _ = store.withdraw(Self.key("x"), asOf: "90")
        #expect(store.replace(with: [Widget("x", version: 8)], version: "9").count == 1)
    }

    /// A first list stays one: its entries are not listed one by one.
    @Test func whatWasReadBeforeTheFirstListIsLeftOutOfIt() {
        var store = StoreContents<Widget>()
        _ = store.withdraw(Self.key("gone"), asOf: "20")
        _ = store.withdraw(Self.key("back"), asOf: "4")
        store.beginStage()
        for widget in [Widget("gone", version: 5), Widget("back", version: 6), Widget("x", version: 7)] {
            store.stage(StoreEntry(widget))
        }
        guard case .everything = store.commit(version: "10") else {
            Issue.record("it was told as changes")
            return
        }
        #expect(store.keys == [Self.key("back"), Self.key("x")])
        // The watch is not there yet.
        #expect(store.upsert(StoreEntry(Widget("gone", version: 15))) == nil)
        #expect(store.upsert(StoreEntry(Widget("gone", version: 25))) != nil)
    }

    /// More keys than anybody reads while a watch is behind: the book stays small, and the youngest are remembered.
    @Test func absencesAreBounded() {
        var store = StoreContents<Widget>()
        _ = store.replace(with: [], version: "1")
        let most = 4_096
        for number in 0...most { _ = store.withdraw(Self.key("w\(number)"), asOf: "\(10_000 + number)") }
        #expect(store.upsert(StoreEntry(Widget("w0", version: 9_000))) != nil)
        #expect(store.upsert(StoreEntry(Widget("w1", version: 9_000))) == nil)
        #expect(store.upsert(StoreEntry(Widget("w\(most)", version: 9_000))) == nil)
    }

    /// A read that was answered before the deletion and comes in after it; nothing would ever hide what it shows.
    @Test func whatTheWatchSawGoIsNotPutBackByALateRead() {
        var store = StoreContents<Widget>()
        _ = store.replace(with: [Widget("x", version: 1)], version: "4")
        _ = store.delete(Self.key("x"), as: "6")
        #expect(store.offer(StoreEntry(Widget("x", size: 1, version: 5))) == nil)
        #expect(store.count == 0)
        #expect(store.offer(StoreEntry(Widget("x", size: 2, version: 8, uid: "second"))) != nil, "made anew since")
        #expect(store.count == 1)
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
            case 0: _ = store.delete(widget.key, as: "\(version)")
            case 1:
                _ = store.replace(with: store.all.filter { _ in Bool.random(using: &random) }, version: "\(version)")
            default: _ = store.upsert(StoreEntry(widget))
            }
            for size in 0..<4 {
                let scanned = store.all.filter { $0.size == Int64(size) }
                #expect(store.all(index: "size", value: "\(size)") == scanned)
            }
            #expect(store.all(namespace: "b") == store.all.filter { $0.key.namespace == "b" })
        }
        #expect(store.all(index: "unknown", value: "0").isEmpty)
    }

    /// The store against the plainest thing that could do its work: a dictionary of the newest object of each name.
    @Test(arguments: UInt64(1)...40)
    func randomHistoryMatchesADictionary(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var store = StoreContents<Widget>()
        var model: [ObjectKey: Widget] = [:]
        var staged: [ObjectKey: Widget]?
        for version in 1...400 {
            let widget = Widget("w\(Int.random(in: 0..<12, using: &random))", size: Int64(version), version: version)
            switch Int.random(in: 0..<10, using: &random) {
            case 0...3 where staged == nil:
                _ = store.upsert(StoreEntry(widget))
                model[widget.key] = widget
            case 4 where staged == nil:
                _ = store.delete(widget.key, as: "\(version)")
                model[widget.key] = nil
            case 5 where staged == nil:
                store.beginStage()
                staged = [:]
            case 6, 7, 8:
                guard staged != nil else { continue }
                let known = Bool.random(using: &random) ? model.values.randomElement(using: &random) : nil
                let listed = known ?? widget
                store.stage(StoreEntry(listed))
                staged?[listed.key] = listed
            default:
                guard let list = staged else { continue }
                _ = store.commit(version: "\(version)")
                model = list
                staged = nil
            }
            let shown = Dictionary(uniqueKeysWithValues: store.all.map { ($0.key, $0) })
            #expect(shown == model)
        }
    }
}

extension StoreContents where Row: KubernetesObject {
    /// A whole list at once, with every difference told.
    mutating func replace(with objects: [Row], version: String) -> [StoreChange<Row>] {
        beginStage()
        for object in objects { stage(StoreEntry(object)) }
        if case .changes(let changes) = commit(version: version) { return changes }
        return all.map {
            StoreChange(
                key: $0.key, old: nil, new: $0, origin: .list, resourceVersion: $0.metadata.resourceVersion)
        }
    }
}
