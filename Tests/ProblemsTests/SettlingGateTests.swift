import Problems
import Testing

struct SettlingGateTests {
    private static let broken = [Shortfall("PodNotReady", "a pod")]

    private static func gate() -> SettlingGate {
        SettlingGate(settle: .seconds(5), within: .seconds(20), beginning: .seconds(100))
    }

    @Test func aMomentOfHealthIsNotEnough() {
        var gate = Self.gate()
        #expect(gate.look([], at: .seconds(100)) == .lookAgain(after: .seconds(1)))
        #expect(gate.look([], at: .milliseconds(104_500)) == .lookAgain(after: .milliseconds(500)))
        #expect(gate.look([], at: .seconds(105)) == .settled)
    }

    @Test func oneBreakStartsTheWaitAnew() {
        var gate = Self.gate()
        _ = gate.look([], at: .seconds(100))
        #expect(gate.look(Self.broken, at: .seconds(104)) == .lookAgain(after: .seconds(1)))
        _ = gate.look([], at: .seconds(105))
        #expect(gate.look([], at: .seconds(109)) == .lookAgain(after: .seconds(1)))
        #expect(gate.look([], at: .seconds(110)) == .settled)
    }

    @Test func whatIsBrokenAtTheEndIsReported() {
        var gate = Self.gate()
        #expect(gate.look(Self.broken, at: .seconds(119)) == .lookAgain(after: .seconds(1)))
        #expect(gate.look(Self.broken, at: .seconds(120)) == .gaveUp(Self.broken))
    }

    /// A repair in the last moment may still settle; the wait stays bounded by the settling time.
    @Test func aLateRepairGetsItsTime() {
        var gate = Self.gate()
        _ = gate.look(Self.broken, at: .seconds(119))
        #expect(gate.look([], at: .seconds(120)) == .lookAgain(after: .seconds(1)))
        #expect(gate.look([], at: .seconds(125)) == .settled)
    }
}
