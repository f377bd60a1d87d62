import ControllerRuntime
import KubernetesModel
import Primitives
import Testing

struct WatcherStateTests {
    private var random = SeededGenerator(seed: 7)
    private var state = WatcherState<Widget>(
        retryPolicy: .init(initial: .milliseconds(800), cap: .seconds(30), jitter: 0))

    private mutating func step(_ input: WatcherInput<Widget>, at seconds: Int = 0) -> WatcherAction {
        state.step(input, now: .seconds(seconds), using: &random).action
    }

    private mutating func startWatching(at version: String = "10") {
        _ = step(.start)
        _ = step(.listed([], version: version))
    }

    private static func isWatch(_ action: WatcherAction, from version: String) -> Bool {
        guard case .watch(version, let timeout) = action else { return false }
        return (.seconds(300) ... .seconds(600)).contains(timeout)
    }

    @Test mutating func firstListIsTheLatestAndTheWatchGoesOnFromIt() {
        let first = step(.start)
        #expect(first == .list(.latest))
        let next = step(.listed([Widget("a", version: 9)], version: "10"))
        #expect(Self.isWatch(next, from: "10"))
    }

    @Test mutating func endOfStreamResumesAtOnceFromTheLastVersion() {
        startWatching()
        _ = step(.notice(.bookmark("12")))
        _ = step(.notice(.upsert(Widget("a", version: 105))))
        let next = step(.streamEnded)
        #expect(Self.isWatch(next, from: "105"))
    }

    @Test mutating func versionsOnlyGoForward() {
        startWatching(at: "100")
        let stale = state.step(.notice(.upsert(Widget("a", version: 99))), now: .zero, using: &random)
        #expect(stale.delivery == nil)
        _ = step(.notice(.bookmark("9")))
        #expect(state.version == "100")
    }

    @Test mutating func expiryRelistsNotBackInTime() {
        startWatching()
        let relist = step(.watchFailed(.expired))
        #expect(relist == .list(.notOlderThan("10")))
        let latest = step(.listFailed(.expired))
        #expect(latest == .list(.latest), "too large or expired: ask for what is certain")
    }

    @Test mutating func serverThatIgnoresTheFloorIsAskedForTheLatest() {
        startWatching()
        _ = step(.notice(.failure(.expired)))
        let step = state.step(.listed([], version: "9"), now: .zero, using: &random)
        #expect(step.delivery == nil)
        #expect(step.action == .list(.latest))
        let accepted = state.step(.listed([], version: "9"), now: .zero, using: &random)
        #expect(accepted.delivery != nil, "a latest list that is older means that the server was restored")
    }

    @Test mutating func expiryAgainAndAgainWaits() {
        startWatching()
        _ = step(.watchFailed(.expired))
        _ = step(.listed([], version: "11"))
        let second = step(.watchFailed(.expired), at: 1)
        #expect(second == .wait(.milliseconds(1_600)))
    }

    @Test mutating func failuresBackOffAndTheThirdRelists() {
        startWatching()
        var waits: [WatcherAction] = []
        var nexts: [WatcherAction] = []
        for second in 1...3 {
            waits.append(step(.watchFailed(.failed("cut")), at: second))
            nexts.append(step(.waited, at: second))
        }
        #expect(waits == [.wait(.milliseconds(800)), .wait(.milliseconds(1_600)), .wait(.milliseconds(3_200))])
        #expect(Self.isWatch(nexts[0], from: "10") && Self.isWatch(nexts[1], from: "10"))
        #expect(nexts[2] == .list(.notOlderThan("10")))
    }

    @Test mutating func twoQuietMinutesForgetTheFailures() {
        startWatching()
        _ = step(.watchFailed(.failed("cut")), at: 1)
        _ = step(.waited, at: 2)
        _ = step(.watchFailed(.failed("cut")), at: 3)
        _ = step(.waited, at: 4)
        let later = step(.watchFailed(.failed("cut")), at: 123)
        #expect(later == .wait(.milliseconds(800)))
    }

    @Test mutating func throttlingObeysTheServerAndKeepsTheVersion() {
        startWatching()
        let wait = step(.watchFailed(.throttled(retryAfter: .seconds(7))))
        #expect(wait == .wait(.seconds(7)))
        let next = step(.waited)
        #expect(Self.isWatch(next, from: "10"))
    }

    @Test mutating func streamThatEndsAtOnceIsNotResumedInABusyLoop() {
        startWatching()
        let wait = step(.streamEnded)
        #expect(wait == .wait(.milliseconds(800)))
        _ = step(.waited, at: 1)
        let calm = step(.streamEnded, at: 400)
        #expect(Self.isWatch(calm, from: "10"))
    }

    @Test mutating func failedListFallsBackToTheLatestAfterAWait() {
        startWatching()
        _ = step(.watchFailed(.expired))
        let wait = step(.listFailed(.failed("timeout")))
        #expect(wait == .wait(.milliseconds(1_600)))
        let next = step(.waited)
        #expect(next == .list(.latest))
    }

    /// Streams are cut, versions compacted, lists refused: at the end the store equals the server, and on the way no
    /// object's version went back.
    @Test(arguments: UInt64(1)...80)
    func randomCutsEndEqualToTheServer(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var server = WidgetHistory()
        var watcher = WatcherState<Widget>()
        var store = StoreContents<Widget>()
        var shown: [ObjectKey: Widget] = [:]
        var now = Duration.zero
        var isCalm = false
        var position: Int?

        func apply(_ delivery: WatcherDelivery<Widget>?) {
            let changes: [StoreChange<Widget>] =
                switch delivery {
                case .replace(let items, let version): store.replace(with: items, version: version)
                case .upsert(let object): store.upsert(object).map { [$0] } ?? []
                case .delete(let object): store.delete(object).map { [$0] } ?? []
                case .advance, nil: []
                }
            for change in changes {
                #expect(shown[change.key] == change.old, "a notice does not follow from the one before")
                if let new = change.new, let old = change.old {
                    #expect(ResourceVersion.isNewer(new.metadata.resourceVersion, than: old.metadata.resourceVersion))
                }
                shown[change.key] = change.new
            }
        }

        func input(for action: WatcherAction) -> WatcherInput<Widget> {
            let fails = !isCalm && Int.random(in: 0..<6, using: &random) == 0
            switch action {
            case .wait(let duration):
                now += duration
                return .waited
            case .list(let basis):
                if fails {
                    return .listFailed(
                        [.expired, .failed("x"), .throttled(retryAfter: nil)].randomElement(using: &random) ?? .expired)
                }
                if case .notOlderThan(let floor) = basis { #expect(Int(floor) ?? 0 <= server.version) }
                return .listed(Array(server.objects.values), version: String(server.version))
            case .watch(let version, _):
                position = Int(version)
                if fails { return .watchFailed(.failed("refused")) }
                return read()
            case .read:
                return fails ? (Bool.random(using: &random) ? .streamEnded : .watchFailed(.failed("cut"))) : read()
            }
        }

        func read() -> WatcherInput<Widget> {
            guard let known = server.events(after: position ?? 0) else {
                return Bool.random(using: &random) ? .notice(.failure(.expired)) : .watchFailed(.expired)
            }
            guard let next = known.first else {
                position = server.version
                return .notice(.bookmark(String(server.version)))
            }
            position = next.version
            return .notice(next.notice)
        }

        var action = watcher.step(.start, now: now, using: &random).action
        for round in 0..<600 {
            isCalm = round > 500
            if !isCalm {
                let name = "w\(Int.random(in: 0..<6, using: &random))"
                switch Int.random(in: 0..<10, using: &random) {
                case 0...3: server.put(name, size: Int64(round))
                case 4, 5: server.remove(name)
                case 6: server.idle()
                case 7 where Int.random(in: 0..<4, using: &random) == 0: server.compact()
                default: break
                }
            }
            let step = watcher.step(input(for: action), now: now, using: &random)
            apply(step.delivery)
            action = step.action
            now += .milliseconds(Int.random(in: 0...2_000, using: &random))
        }
        let stored = Dictionary(uniqueKeysWithValues: store.all.map { ($0.key, $0) })
        #expect(stored == server.objects)
        #expect(shown == server.objects, "whoever only hears the notices knows the same")
        #expect(watcher.version == String(server.version))
    }
}
