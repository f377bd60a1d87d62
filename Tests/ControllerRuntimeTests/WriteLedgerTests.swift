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
        let partly = ledger.decide(Self.owner, now: .zero) { $0.resourceVersion == "9" }
        #expect(partly == .hold(.milliseconds(5)))
        let other = ledger.decide(ObjectKey(namespace: "a", name: "other"), now: .zero) { _ in false }
        #expect(other == .open)
        let shown = ledger.decide(Self.owner, now: .zero) { _ in true }
        #expect(shown == .open)
        #expect(ledger.heldKeys == 0)
    }

    @Test func kindsWithoutACacheAreNotGated() {
        var ledger = WriteLedger()
        ledger.record(Self.write("x", "9"), by: Self.owner, now: .zero)
        let decision = ledger.decide(Self.owner, now: .zero) { _ in nil }
        #expect(decision == .open)
    }

    @Test func stuckCacheIsReadAfterTheCapAndOnlyOnce() {
        var ledger = WriteLedger(cap: .seconds(3))
        ledger.record(Self.write("x", "9"), by: Self.owner, now: .zero)
        var now = Duration.zero
        var holds = 0
        while case .hold(let wait) = ledger.decide(Self.owner, now: now, isShown: { _ in false }) {
            #expect(wait > .zero)
            now += wait
            holds += 1
            guard holds < 100 else { break }
        }
        #expect(now == .seconds(3))
        #expect(holds < 20)
        let after = ledger.decide(Self.owner, now: now) { _ in false }
        #expect(after == .open)
    }

    @Test func recordsPerKeyAreBounded() {
        var ledger = WriteLedger(cap: .zero)
        for number in 0..<1_000 { ledger.record(Self.write("x\(number)", "9"), by: Self.owner, now: .zero) }
        guard case .overdue(let writes) = ledger.decide(Self.owner, now: .zero, isShown: { _ in false }) else {
            Issue.record("not overdue")
            return
        }
        #expect(writes.count == 64)
        #expect(writes.last?.key.name == "x999")
    }
}
