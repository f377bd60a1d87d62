import AIOpsAPI
import Testing

@Suite struct PhaseTests {
    /// The whole graph, spelled out; whatever is not here is illegal.
    static let legal: [Phase: Set<Phase>] = [
        .pending: [.queued, .failed, .cancelled],
        .queued: [.provisioning, .running, .failed, .cancelled],
        .provisioning: [.deploying, .running, .failed, .cancelled],
        .deploying: [.injecting, .running, .failed, .cancelled],
        .injecting: [.running, .failed, .cancelled],
        .running: [.evaluating, .succeeded, .failed, .cancelled],
        .evaluating: [.succeeded, .failed, .cancelled],
        .succeeded: [], .failed: [], .cancelled: [],
    ]

    @Test(arguments: Phase.known)
    func movesOnlyAlongTheGraph(from: Phase) throws {
        let next = try #require(Self.legal[from])
        for phase in Phase.known {
            #expect(from.canMove(to: phase) == (phase == from || next.contains(phase)), "\(from) to \(phase)")
        }
        #expect(from.isTerminal == next.isEmpty)
    }

    @Test(arguments: Phase.known)
    func onlyANewAttemptGoesBackToTheQueue(from: Phase) {
        let goesBack: Set<Phase> = [.provisioning, .deploying, .injecting, .running, .evaluating]
        let expected = goesBack.contains(from) || from == .queued || from == .pending
        #expect(from.canMove(to: .queued, startingAttempt: true) == expected)
        #expect(from.isRunning == goesBack.contains(from))
    }

    @Test func aPhaseOfALaterVersionIsLeftAlone() {
        let later = Phase.unknown("Dreaming")
        #expect(!later.canMove(to: .failed))
        #expect(!Phase.running.canMove(to: later))
        #expect(!later.canMove(to: later))
    }

    @Test func theStatusRefusesAnIllegalMove() {
        var status = AIOpsTask.Status()
        let moves: [(Phase, Bool)] = [(.running, false), (.queued, true), (.running, true), (.queued, false)]
        for (phase, isLegal) in moves {
            let before = status.phase
            let hasMoved = status.move(to: phase)
            #expect(hasMoved == isLegal)
            #expect(status.phase == (isLegal ? phase : before))
        }
        #expect(status.phase == .running)
    }
}
