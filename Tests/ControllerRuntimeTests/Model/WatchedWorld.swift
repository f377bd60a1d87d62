import ControllerRuntime
import KubernetesModel
import Primitives

/// A server that changes and fails at random, a watcher, and the store it fills, turned step by step.
struct WatchedWorld {
    private(set) var server = WidgetHistory()
    private(set) var watcher: WatcherState
    private(set) var shown: [ObjectKey: Widget] = [:]
    /// What must not happen, told once each.
    private(set) var faults: Set<String> = []
    private var store = StoreContents<Widget>()
    private var random: SeededGenerator
    private var now = Duration.zero
    private var action = WatcherAction.read
    private var position = 0
    /// What a streaming list has still to send; nil after its mark.
    private var initial: [Widget]?
    private var hasMark: Bool
    private var inHand: WidgetHistory.Event?
    /// Reads of one object at the side of the watch, as the server answered, whose answers are still on their way.
    private var reads: [(key: ObjectKey, found: Widget?, version: Int)] = []
    /// By key, the newest version as of which it was told what is there, an object or none.
    private var told: [ObjectKey: Int] = [:]
    private var round = 0

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        watcher = WatcherState(streamsLists: seed.isMultiple(of: 2))
        hasMark = !seed.isMultiple(of: 3)
        action = watcher.step(.start, now: now, using: &random).action
    }

    var stored: [ObjectKey: Widget] { Dictionary(uniqueKeysWithValues: store.all.map { ($0.key, $0) }) }

    mutating func turn(isCalm: Bool) {
        round += 1
        if !isCalm {
            change()
            readAtTheSide()
        }
        if !reads.isEmpty, isCalm || Bool.random(using: &random) { hearOfARead() }
        inHand = nil
        let input = input(isCalm: isCalm)
        let step = watcher.step(input, now: now, using: &random)
        apply(step.effect)
        action = step.action
        now += .milliseconds(Int.random(in: 0...2_000, using: &random))
    }

    private mutating func change() {
        let name = "w\(Int.random(in: 0..<6, using: &random))"
        switch Int.random(in: 0..<10, using: &random) {
        case 0...3: server.put(name, size: Int64(round))
        case 4, 5: server.remove(name)
        case 6: server.idle()
        case 7 where Int.random(in: 0..<4, using: &random) == 0: server.compact()
        default: break
        }
    }

    private mutating func readAtTheSide() {
        guard Int.random(in: 0..<4, using: &random) == 0 else { return }
        let key = ObjectKey(namespace: "a", name: "w\(Int.random(in: 0..<6, using: &random))")
        reads.append((key, server.objects[key], server.version))
    }

    private mutating func hearOfARead() {
        let read = reads.remove(at: Int.random(in: reads.indices, using: &random))
        if let found = read.found {
            hear(store.offer(StoreEntry(found)).map { [$0] } ?? [])
        } else {
            hear(store.withdraw(read.key, asOf: String(read.version)).map { [$0] } ?? [])
            told[read.key] = max(told[read.key] ?? 0, read.version)
        }
    }

    private mutating func input(isCalm: Bool) -> WatcherInput {
        let fails = !isCalm && Int.random(in: 0..<6, using: &random) == 0
        switch action {
        case .wait(let duration):
            now += duration
            return .waited
        case .list(let basis):
            store.beginStage()
            if fails {
                return .listFailed(
                    [.expired, .failed("x"), .throttled(retryAfter: nil)].randomElement(using: &random) ?? .expired)
            }
            note(floor: basis)
            for object in server.objects.values { store.stage(StoreEntry(object)) }
            return .listed(version: String(server.version))
        case .watch(let start, _):
            initial = nil
            switch start {
            case .after(let version): position = Int(version) ?? 0
            case .everything(let basis):
                store.beginStage()
                note(floor: basis)
                initial = Array(server.objects.values)
                position = server.version
            }
            return fails ? .watchFailed(.failed("refused")) : read()
        case .read:
            return fails ? (Bool.random(using: &random) ? .streamEnded : .watchFailed(.failed("cut"))) : read()
        }
    }

    private mutating func note(floor basis: ListBasis) {
        if case .notOlderThan(let floor) = basis, Int(floor) ?? 0 > server.version { faults.insert("floor too high") }
    }

    private mutating func read() -> WatcherInput {
        if let next = initial?.popLast() {
            inHand = .upsert(next)
            return .changed(version: next.metadata.resourceVersion)
        }
        if initial != nil {
            initial = nil
            if hasMark { return .bookmark(String(position), endsInitialEvents: true) }
        }
        guard let known = server.events(after: position) else { return .watchFailed(.expired) }
        guard let next = known.first else {
            // A server that sends no mark sends no bookmark before it either: the stream stands still.
            if watcher.progressDeadline != nil { return .stalled }
            position = server.version
            return .bookmark(String(server.version), endsInitialEvents: false)
        }
        position = next.version
        inHand = next
        return .changed(version: String(next.version))
    }

    private mutating func apply(_ effect: StoreEffect) {
        switch (effect, inHand) {
        case (.none, _): break
        case (.stage, .upsert(let object)): store.stage(StoreEntry(object))
        case (.stage, .delete(let object)): store.unstage(object.key)
        case (.show, .upsert(let object)): hear(store.upsert(StoreEntry(object)).map { [$0] } ?? [])
        case (.show, .delete(let object)):
            hear(store.delete(object.key, as: object.metadata.resourceVersion).map { [$0] } ?? [])
        case (.advance(let version), _): store.advance(to: version)
        case (.discard, _): store.beginStage()
        case (.commit(let version), _):
            switch store.commit(version: version) {
            case .changes(let changes): hear(changes)
            case .everything:
                if !shown.isEmpty { faults.insert("everything is new, but not all was gone") }
                shown = stored
                for (key, widget) in shown { told[key] = Int(widget.metadata.resourceVersion) }
            }
        case (.stage, nil), (.show, nil): faults.insert("nothing in hand to \(effect)")
        }
    }

    private mutating func hear(_ changes: [StoreChange<Widget>]) {
        for change in changes {
            if shown[change.key] != change.old { faults.insert("a notice does not follow from the one before") }
            if let version = Int(change.resourceVersion) {
                if change.new != nil, version <= told[change.key] ?? 0 { faults.insert("an object went back in time") }
                told[change.key] = max(told[change.key] ?? 0, version)
            }
            shown[change.key] = change.new
        }
    }
}
