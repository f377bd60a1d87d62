import ControllerRuntime
import KubernetesModel
import Testing

struct WriteLedgerTests {
    private static let owner = ObjectKey(namespace: "a", name: "owner")

    private static func write(_ name: String, _ version: String?) -> WrittenObject {
        WrittenObject(
            type: Widget.resourceType, key: ObjectKey(namespace: "a", name: name), uid: "u", resourceVersion: version)
    }

    @Test func opensWhenAllWritesAreShown() {
        var ledger = WriteLedger()
        ledger.record(Self.write("x", "9"), by: Self.owner, now: .zero)
        ledger.record(Self.write("y", "10"), by: Self.owner, now: .zero)
        let partly = ledger.decide(Self.owner, unseen: [Self.write("y", "10")], now: .zero)
        #expect(partly == .hold(.milliseconds(5)))
        let other = ledger.decide(ObjectKey(namespace: "a", name: "other"), unseen: [Self.write("y", "10")], now: .zero)
        #expect(other == .open)
        let shown = ledger.decide(Self.owner, unseen: [], now: .zero)
        #expect(shown == .open)
        #expect(ledger.heldKeys == 0)
    }

    @Test func stuckCacheIsReadAfterTheCapAndOnlyOnce() {
        var ledger = WriteLedger(cap: .seconds(3))
        ledger.record(Self.write("x", "9"), by: Self.owner, now: .zero)
        var now = Duration.zero
        var holds = 0
        while case .hold(let wait) = ledger.decide(Self.owner, unseen: [Self.write("x", "9")], now: now) {
            #expect(wait > .zero)
            now += wait
            holds += 1
            guard holds < 100 else { break }
        }
        #expect(now == .seconds(3))
        #expect(holds < 20)
        // Held while the read is under way, and free when it is back.
        let during = ledger.decide(Self.owner, unseen: [Self.write("x", "9")], now: now)
        #expect(during == .hold(.milliseconds(50)))
        ledger.hasRead(Self.write("x", "9"), by: Self.owner, successfully: true, now: now)
        let after = ledger.decide(Self.owner, unseen: [Self.write("x", "9")], now: now)
        #expect(after == .open)
    }

    @Test func recordsPerKeyAreBounded() {
        var ledger = WriteLedger(cap: .zero)
        for number in 0..<1_000 { ledger.record(Self.write("x\(number)", "9"), by: Self.owner, now: .zero) }
        let unseen = ledger.writes(of: Self.owner) ?? []
        guard case .overdue(let writes) = ledger.decide(Self.owner, unseen: unseen, now: .zero) else {
            Issue.record("not overdue")
            return
        }
        #expect(writes.count == 64)
        #expect(writes.last?.key.name == "x999")
    }

    @Test func keysThatAreNeverLookedAtAgainAreForgotten() {
        var ledger = WriteLedger(cap: .seconds(3))
        for number in 0..<10_000 {
            let key = ObjectKey(namespace: "a", name: "gone-\(number)")
            ledger.record(Self.write("x", "9"), by: key, now: .milliseconds(number))
        }
        #expect(ledger.heldKeys <= 4_096)
    }

    /// Also while all of them wait still, as with a watch that is stuck: those go that have waited longest, and none that is read.
    @Test func keysAreBoundedHoweverLongTheyWait() {
        var ledger = WriteLedger(cap: .seconds(3_600))
        let key = { (number: Int) in ObjectKey(namespace: "a", name: "k\(number)") }
        ledger.record(Self.write("first", "9"), by: key(0), now: .zero)
        #expect(ledger.startReading(now: .seconds(3_600), limit: 1).count == 1)
        var letGo = 0
        for number in 1...WriteLedger.keyLimit {
            letGo += ledger.record(Self.write("x", "9"), by: key(number), now: .seconds(3_600 + number))
        }
        #expect(letGo == 512 && ledger.heldKeys == WriteLedger.keyLimit + 1 - letGo)
        #expect(ledger.writes(of: key(0)) != nil && ledger.writes(of: key(letGo)) == nil)
        #expect(ledger.writes(of: key(letGo + 1)) != nil && ledger.writes(of: key(WriteLedger.keyLimit)) != nil)
        // A further write of a key that is held takes no place.
        #expect(ledger.record(Self.write("y", "9"), by: key(letGo + 1), now: .seconds(9_999)) == 0)
    }

    @Test func whatHasWaitedForTheWholeCapIsReadOnceAndTheRestWaits() {
        var ledger = WriteLedger(cap: .seconds(3))
        #expect(ledger.nextDue == nil)
        let other = ObjectKey(namespace: "a", name: "other")
        ledger.record(Self.write("x", "9"), by: Self.owner, now: .seconds(1))
        ledger.record(Self.write("y", "10"), by: Self.owner, now: .seconds(2))
        ledger.record(Self.write("z", "11"), by: other, now: .seconds(2))
        #expect(ledger.nextDue == .seconds(4))
        let early = ledger.startReading(now: .milliseconds(3_999), limit: 16)
        #expect(early.isEmpty)
        let first = ledger.startReading(now: .seconds(4), limit: 16)
        #expect(first.map(\.write) == [Self.write("x", "9")])
        let again = ledger.startReading(now: .seconds(4), limit: 16)
        #expect(again.isEmpty && ledger.nextDue == .seconds(5))
        ledger.hasRead(Self.write("x", "9"), by: Self.owner, successfully: true, now: .seconds(4))
        #expect(ledger.writes(of: Self.owner) == [Self.write("y", "10")])
        let second = ledger.startReading(now: .seconds(5), limit: 16)
        #expect(second.map(\.key) == [other, Self.owner])
        for (key, write) in second { ledger.hasRead(write, by: key, successfully: key == other, now: .seconds(6)) }
        // Read in vain: it waits again.
        #expect(ledger.writes(of: other) == nil && ledger.nextDue == .seconds(9))
    }

    @Test func whatWaitedLongestIsReadFirstAndNoMoreThanIsAskedFor() {
        var ledger = WriteLedger(cap: .seconds(3))
        for number in 0..<5 {
            let key = ObjectKey(namespace: "a", name: "k\(number)")
            ledger.record(Self.write("x", "9"), by: key, now: .seconds(5 - number))
        }
        let first = ledger.startReading(now: .seconds(60), limit: 2)
        let second = ledger.startReading(now: .seconds(60), limit: 2)
        #expect((first + second).map(\.key.name) == ["k4", "k3", "k2", "k1"])
        // The one that nobody reads yet is read by whoever looks at it.
        let last = ObjectKey(namespace: "a", name: "k0")
        let decision = ledger.decide(last, unseen: [Self.write("x", "9")], now: .seconds(60))
        #expect(decision == .overdue([Self.write("x", "9")]))
        ledger.hasRead(Self.write("x", "9"), by: first[1].key, successfully: true, now: .seconds(60))
        #expect(ledger.writes(of: first[1].key) == nil)
    }

    @Test(arguments: [false, true]) func aKeyIsHeldForHalfAMinuteAtMost(isBeingRead: Bool) {
        var ledger = WriteLedger(cap: .seconds(3))
        let write = Self.write("x", "9")
        ledger.record(write, by: Self.owner, now: .zero)
        for second in isBeingRead ? [29] : [3, 11, 22] {
            let read = ledger.startReading(now: .seconds(second), limit: 1)
            #expect(read.map(\.write) == [write])
            guard !isBeingRead else { continue }
            ledger.hasRead(write, by: Self.owner, successfully: false, now: .seconds(second + 5))
        }
        let almost = ledger.decide(Self.owner, unseen: [write], now: .seconds(30) - .milliseconds(1))
        #expect(almost == .hold(.milliseconds(isBeingRead ? 50 : 1)))
        let over = ledger.decide(Self.owner, unseen: [write], now: .seconds(30))
        #expect(over == .open)
        // Still to be read: the cache is to be helped all the same.
        #expect(ledger.writes(of: Self.owner) == [write])
    }

    /// Whoever writes on while the cache is stuck does not put off the read that would help.
    @Test(arguments: [(true, 4), (false, 6)])
    func theWaitCountsFromTheFirstWriteThatIsNotShown(goesOn: Bool, seconds: Int) {
        var ledger = WriteLedger(cap: .seconds(3))
        ledger.record(Self.write("x", "9"), by: Self.owner, now: .seconds(1))
        ledger.record(Self.write("x", "10"), by: Self.owner, now: .seconds(3), goesOn: goesOn)
        #expect(ledger.nextDue == .seconds(seconds))
        // The read of the first does not count for the second.
        ledger.hasRead(Self.write("x", "9"), by: Self.owner, successfully: true, now: .seconds(3))
        #expect(ledger.writes(of: Self.owner) == [Self.write("x", "10")])
    }
}
