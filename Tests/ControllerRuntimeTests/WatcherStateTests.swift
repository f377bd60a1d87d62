import ControllerRuntime
import KubernetesModel
import Primitives
import Testing

struct WatcherStateTests {
    private var random = SeededGenerator(seed: 7)
    private var state = WatcherState(
        retryPolicy: .init(initial: .milliseconds(800), cap: .seconds(30), jitter: 0), streamsLists: false)

    @discardableResult
    private mutating func step(_ input: WatcherInput, at seconds: Int = 0) -> WatcherAction {
        full(input, at: seconds).action
    }

    private mutating func full(_ input: WatcherInput, at seconds: Int = 0) -> WatcherStep {
        state.step(input, now: .seconds(seconds), using: &random)
    }

    private mutating func startWatching(at version: String = "10") {
        step(.start)
        step(.listed(version: version))
    }

    private static func isWatch(_ action: WatcherAction, _ start: WatchStart) -> Bool {
        guard case .watch(start, let timeout) = action else { return false }
        return (.seconds(300) ... .seconds(600)).contains(timeout)
    }

    // MARK: Lists and watches

    @Test mutating func firstListIsTheLatestAndTheWatchGoesOnFromIt() {
        let first = step(.start)
        #expect(first == .list(.latest))
        let next = full(.listed(version: "10"))
        #expect(next.effect == .commit("10") && Self.isWatch(next.action, .after("10")))
    }

    @Test mutating func endOfStreamResumesAtOnceFromTheLastVersion() {
        startWatching()
        let mark = full(.bookmark("12", endsInitialEvents: false))
        let shown = full(.changed(version: "105"))
        #expect(mark == WatcherStep(.advance(to: "12"), then: .read))
        #expect(shown == WatcherStep(.show, then: .read))
        let next = step(.streamEnded)
        #expect(Self.isWatch(next, .after("105")))
    }

    @Test mutating func versionsOnlyGoForward() {
        startWatching(at: "100")
        let stale = full(.changed(version: "99"))
        #expect(stale == WatcherStep(.none, then: .read))
        step(.bookmark("9", endsInitialEvents: false))
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
        step(.watchFailed(.expired))
        let old = full(.listed(version: "9"))
        #expect(old == WatcherStep(.discard, then: .list(.latest)))
        let accepted = full(.listed(version: "9"))
        #expect(accepted.effect == .commit("9"), "a latest list that is older means that the server was restored")
    }

    @Test mutating func expiryAgainAndAgainWaits() {
        startWatching()
        step(.watchFailed(.expired))
        step(.listed(version: "11"))
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
        #expect(Self.isWatch(nexts[0], .after("10")) && Self.isWatch(nexts[1], .after("10")))
        #expect(nexts[2] == .list(.notOlderThan("10")))
    }

    @Test mutating func twoQuietMinutesForgetTheFailures() {
        startWatching()
        step(.watchFailed(.failed("cut")), at: 1)
        step(.waited, at: 2)
        step(.watchFailed(.failed("cut")), at: 3)
        step(.waited, at: 4)
        let later = step(.watchFailed(.failed("cut")), at: 123)
        #expect(later == .wait(.milliseconds(800)))
    }

    /// A cache is not left blind for as long as a proxy likes, and no number that it writes is a trap.
    @Test(arguments: [(7, 7), (300, 300), (86_400, 300), (.max, 300), (-5, 0)] as [(Int64, Int)])
    mutating func throttlingObeysTheServerAndKeepsTheVersion(asked: Int64, waited: Int) {
        startWatching()
        let wait = step(.watchFailed(.throttled(retryAfter: .seconds(asked))))
        #expect(wait == .wait(waited == 0 ? .milliseconds(800) : .seconds(waited)))
        let next = step(.waited)
        #expect(Self.isWatch(next, .after("10")))
    }

    @Test mutating func streamThatEndsAtOnceIsNotResumedInABusyLoop() {
        startWatching()
        let wait = step(.streamEnded)
        #expect(wait == .wait(.milliseconds(800)))
        step(.waited, at: 1)
        let calm = step(.streamEnded, at: 400)
        #expect(Self.isWatch(calm, .after("10")))
    }

    @Test mutating func failedListFallsBackToTheLatestAfterAWait() {
        startWatching()
        step(.watchFailed(.expired))
        let wait = full(.listFailed(.failed("timeout")))
        #expect(wait == WatcherStep(.discard, then: .wait(.milliseconds(1_600))))
        let next = step(.waited)
        #expect(next == .list(.latest))
    }

    // MARK: Streaming lists

    private mutating func startStreaming() -> WatcherAction {
        state = WatcherState(retryPolicy: .init(initial: .milliseconds(800), cap: .seconds(30), jitter: 0))
        return step(.start)
    }

    @Test mutating func streamIsStagedUntilItsMarkAndThenIsTheWatch() {
        let start = startStreaming()
        #expect(Self.isWatch(start, .everything(.latest)))
        let first = full(.changed(version: "9"))
        let older = full(.changed(version: "3"), at: 9)
        #expect(first == WatcherStep(.stage, then: .read) && older == first, "a list is in no order of versions")
        #expect(state.progressDeadline == .seconds(19))
        let mark = full(.bookmark("12", endsInitialEvents: true), at: 10)
        #expect(mark == WatcherStep(.commit("12"), then: .read))
        #expect(state.progressDeadline == nil)
        let live = full(.changed(version: "13"), at: 60)
        #expect(live == WatcherStep(.show, then: .read))
        let relist = step(.watchFailed(.expired), at: 61)
        #expect(Self.isWatch(relist, .everything(.notOlderThan("13"))))
        let latest = step(.watchFailed(.expired), at: 62)
        #expect(Self.isWatch(latest, .everything(.latest)))
    }

    /// On a server that never sends the mark, each change of an object looks like progress.
    @Test mutating func aStreamThatIsNeverQuietIsGivenUpAsWell() {
        _ = startStreaming()
        for second in 1..<120 { step(.changed(version: "\(second)"), at: second) }
        #expect(state.progressDeadline == .seconds(120))
        let fallback = step(.stalled, at: 120)
        #expect(fallback == .list(.latest) && !state.streamsLists)
    }

    /// The request may still be on its way, or the line be dead.
    @Test mutating func aHangBeforeTheFirstEventSaysNothingOfStreams() {
        _ = startStreaming()
        #expect(state.progressDeadline == .seconds(10))
        for round in 1...5 {
            let list = full(.stalled, at: round * 1_000)
            #expect(list == WatcherStep(.discard, then: .list(.latest)), "the store gets it all the same")
            step(.listed(version: "1\(round)"), at: round * 1_000)
            let again = step(.freshListWanted, at: round * 1_000)
            #expect(Self.isWatch(again, .everything(.latest)) && state.streamsLists)
        }
        step(.changed(version: "9"), at: 6_000)
        step(.stalled, at: 6_010)
        #expect(!state.streamsLists)
    }

    @Test(arguments: [
        WatcherInput.stalled, .bookmark("12", endsInitialEvents: false), .watchFailed(.refused("400")),
    ])
    mutating func serverWithoutStreamingListsIsRemembered(answer: WatcherInput) {
        _ = startStreaming()
        step(.changed(version: "9"))
        let fallback = full(answer, at: 30)
        #expect(fallback == WatcherStep(.discard, then: .list(.latest)))
        step(.listed(version: "10"), at: 31)
        let relist = step(.watchFailed(.expired), at: 32)
        #expect(relist == .list(.notOlderThan("10")))
    }

    /// A kind that is not there yet is refused as well, and says nothing of streams.
    @Test mutating func aRefusalThatPlainListsGetTooIsNotRemembered() {
        _ = startStreaming()
        let list = full(.watchFailed(.refused("404")))
        #expect(list == WatcherStep(.discard, then: .list(.latest)))
        step(.listFailed(.refused("404")))
        let again = step(.waited, at: 1)
        #expect(Self.isWatch(again, .everything(.latest)) && state.streamsLists)
        step(.watchFailed(.refused("400")), at: 2)
        step(.listed(version: "10"), at: 2)
        #expect(!state.streamsLists)
    }

    /// Perhaps a proxy cuts every stream, so one list is read without; the next stream may come through.
    @Test mutating func streamsCutBeforeTheirMarkAreReplacedForOnce() {
        _ = startStreaming()
        for second in 1...3 {
            let wait = full(.watchFailed(.failed("cut")), at: second)
            #expect(wait == WatcherStep(.discard, then: .wait(.milliseconds(400 << second))))
            let next = step(.waited, at: second)
            #expect(second == 3 ? next == .list(.latest) : Self.isWatch(next, .everything(.latest)))
        }
        step(.listFailed(.failed("down")), at: 4)
        let again = step(.waited, at: 5)
        #expect(Self.isWatch(again, .everything(.latest)))
        step(.watchFailed(.failed("cut")), at: 6)
        let pages = step(.waited, at: 7)
        #expect(pages == .list(.latest))
        step(.listed(version: "10"), at: 8)
        let relist = step(.watchFailed(.expired), at: 200)
        #expect(Self.isWatch(relist, .everything(.notOlderThan("10"))) && state.streamsLists)
    }

    @Test mutating func streamsThatEndBeforeTheirMarkAreGivenUpTheThirdTime() {
        _ = startStreaming()
        for number in 1...3 {
            let list = full(.streamEnded, at: number * 1_000)
            #expect(list == WatcherStep(.discard, then: .list(.latest)), "perhaps the server restarts")
            #expect(state.streamsLists == (number < 3))
            step(.listed(version: "1\(number)"), at: number * 1_000)
            step(.freshListWanted, at: number * 1_000)
        }
    }

    @Test mutating func aStreamThatIsWholeClearsThoseThatWereNot() {
        _ = startStreaming()
        for number in 1...6 {
            step(.streamEnded)
            step(.listed(version: "1\(number)"))
            step(.freshListWanted)
            guard number.isMultiple(of: 2) else { continue }
            step(.bookmark("1\(number)", endsInitialEvents: true))
            step(.freshListWanted)
        }
        #expect(state.streamsLists)
    }

    /// Everything that happens to a server under load, or to a line, in any mixture and for hours.
    @Test(arguments: UInt64(1)...50) mutating func weatherSaysNothingOfStreams(seed: UInt64) {
        var (weather, now) = (SeededGenerator(seed: seed), 0)
        var action = startStreaming()
        for round in 0..<200 {
            now += Int.random(in: 0...40, using: &weather)
            let isFair = Int.random(in: 0..<4, using: &weather) == 0
            let failures: [WatchFailure] = [
                .throttled(retryAfter: nil), .throttled(retryAfter: .seconds(20)), .failed("cut"), .failed("500"),
                .expired,
            ]
            let failure = failures[Int.random(in: failures.indices, using: &weather)]
            action =
                switch action {
                case .wait: step(.waited, at: now)
                case .list where isFair: step(.listed(version: "\(1_000 + round)"), at: now)
                case .list: step(.listFailed(failure), at: now)
                case .watch where state.progressDeadline != nil && isFair: step(.stalled, at: now)
                case .watch, .read: step(.watchFailed(failure), at: now)
                }
            #expect(state.streamsLists)
        }
    }

    /// Each alone is too little; a throttled server must not be asked for more because of it.
    @Test mutating func twoThrottlingsAndACutAreNotThreeCuts() {
        _ = startStreaming()
        step(.watchFailed(.throttled(retryAfter: nil)), at: 1)
        step(.waited, at: 2)
        step(.watchFailed(.throttled(retryAfter: nil)), at: 3)
        step(.waited, at: 4)
        step(.watchFailed(.failed("cut")), at: 5)
        let stream = step(.waited, at: 6)
        #expect(Self.isWatch(stream, .everything(.latest)) && state.streamsLists)
        step(.bookmark("10", endsInitialEvents: true), at: 7)
        step(.watchFailed(.throttled(retryAfter: nil)), at: 8)
        step(.waited, at: 9)
        step(.watchFailed(.failed("cut")), at: 10)
        let resumed = step(.waited, at: 11)
        #expect(Self.isWatch(resumed, .after("10")), "no relist either")
    }

    /// A server that starts says so a few times; that is no fault of the stream.
    @Test mutating func aServerThatAsksForPatienceIsStillAskedForStreams() {
        _ = startStreaming()
        for second in 0..<4 {
            let wait = step(.watchFailed(.throttled(retryAfter: .seconds(20))), at: second * 20)
            #expect(wait == .wait(.seconds(20)))
            let again = step(.waited, at: second * 20 + 20)
            #expect(Self.isWatch(again, .everything(.latest)))
        }
    }

    @Test mutating func streamOlderThanItsFloorIsNotShown() {
        _ = startStreaming()
        step(.bookmark("100", endsInitialEvents: true))
        step(.watchFailed(.expired))
        let old = full(.bookmark("99", endsInitialEvents: true))
        #expect(old.effect == .discard && Self.isWatch(old.action, .everything(.latest)))
    }

    @Test mutating func whoeverMustKnowNowGetsTheLatest() {
        startWatching()
        let fresh = step(.freshListWanted)
        #expect(fresh == .list(.latest))
    }

    // MARK: At random

    /// Streams are cut, versions compacted, lists refused: at the end the store equals the server, and on the way no
    /// object's version went back.
    @Test(arguments: UInt64(1)...80)
    func randomCutsEndEqualToTheServer(seed: UInt64) {
        var world = WatchedWorld(seed: seed)
        for round in 0..<600 { world.turn(isCalm: round > 500) }
        #expect(world.stored == world.server.objects)
        #expect(world.shown == world.server.objects, "whoever only hears the notices knows the same")
        #expect(world.watcher.version == String(world.server.version))
        #expect(world.faults == [])
    }
}
