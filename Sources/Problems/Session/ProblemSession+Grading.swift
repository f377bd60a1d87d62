import Environments
package import JSON
import Primitives

extension ProblemSession {
    /// Grades the outcome of an agent's work, whether or not it submitted.
    ///
    /// - Parameters:
    ///   - submission: nil when the agent never submitted, null when it submitted without an argument.
    ///   - baseline: the text that ``captureBaseline()`` gave.
    ///   - figures: what the agent's loop measured.
    ///   - cut: why the agent was not let finish. What it has mended by then counts; what it has not done counts for
    ///     nothing, and after a cancel it is not waited for.
    /// - Returns: the grade, inconclusive when the truth had expired, or when the agent was not let finish.
    /// - Throws: when the cluster cannot be looked at; that says nothing about the agent.
    package func grade(
        submission: JSONValue?, baseline: String, figures: RunFigures, cut: CutShort? = nil
    ) async throws(ProblemError) -> Grade {
        let grade: Grade
        if let cut {
            grade = Grading.cutShort(
                cut,
                problem.taskType == .mitigation
                    ? MitigationOracle.grade(
                        try await shortfallsAfterSettling(
                            Baseline(encoded: baseline), within: cut.mayWait ? nil : .zero),
                        submitted: submission != nil)
                    : nil)
        } else if let answered = Grading.answer(submission, taskType: problem.taskType, truth: problem.truth) {
            let doubt = try await steadily { () async throws(ProblemError) in try await doubtAboutEffect() }
            grade = doubt.map { Grading.expired(answered, because: $0) } ?? answered
        } else {
            let shortfalls = try await shortfallsAfterSettling(Baseline(encoded: baseline))
            grade = MitigationOracle.grade(shortfalls, submitted: submission != nil)
        }
        return Grading.adding(figures, to: grade, taskType: problem.taskType)
    }

    /// The grade of an agent that was cancelled at its work, where that cannot be looked at.
    package func gradeUnseen(figures: RunFigures, because obstacle: String) -> Grade {
        var grade = Grading.cutShort(.cancelled, nil)
        grade.message += "; what it had done by then could not be looked at: \(obstacle)"
        return Grading.adding(figures, to: grade, taskType: problem.taskType)
    }

    /// What is wrong with the application when it has had its time to settle; empty proves that it is whole.
    ///
    /// `limit` takes the place of the problem's own limit on how long it is looked at.
    package func shortfallsAfterSettling(
        _ baseline: Baseline, within limit: Duration? = nil
    ) async throws(ProblemError) -> [Shortfall] {
        let settings = problem.oracle
        var gate = SettlingGate(
            settle: .seconds(settings.settleSeconds), within: limit ?? .seconds(settings.withinSeconds),
            beginning: time.monotonicNow())
        while true {
            var shortfalls = MitigationOracle.shortfalls(
                in: try await observer.observe(), baseline: baseline, fault: problem.fault)
            if shortfalls.isEmpty { shortfalls = try await frontDoorShortfalls(requests: 1) }
            var step = gate.look(shortfalls, at: time.monotonicNow())
            if step == .settled {
                let atTheDoor = try await frontDoorShortfalls(requests: settings.frontDoorRequests)
                if atTheDoor.isEmpty { return [] }
                step = gate.look(atTheDoor, at: time.monotonicNow())
            }
            switch step {
            case .settled: return []
            case .gaveUp(let shortfalls):
                // No agent can take the workload away: a call that could not be made says nothing about it.
                if let only = shortfalls.first, shortfalls.allSatisfy({ $0.code == Self.unreachable }) {
                    throw .probe(only.message)
                }
                return shortfalls
            case .lookAgain(let wait):
                do { try await time.sleep(for: wait) } catch { throw .cancelled }
            }
        }
    }

    private static let unreachable = "FrontDoorUnreachable"

    private func frontDoorShortfalls(requests: Int) async throws(ProblemError) -> [Shortfall] {
        for _ in 0..<requests {
            do {
                let answer = try await frontDoor.call()
                if !answer.isGood {
                    return [Shortfall("FrontDoorFailing", "a request through the front door got \(answer.status)")]
                }
            } catch {
                guard case .probe(let why) = error else { throw error }
                return [Shortfall(Self.unreachable, why)]
            }
        }
        return []
    }

    /// Looks again at what could not be looked at, and at a doubt that may pass, a few times.
    private func steadily(
        _ look: () async throws(ProblemError) -> String?
    ) async throws(ProblemError) -> String? {
        var attempt = 1
        while true {
            do {
                guard let doubt = try await look() else { return nil }
                if attempt >= 3 { return doubt }
            } catch {
                guard error.isRetryable, attempt < 3 else { throw error }
            }
            attempt += 1
            do { try await time.sleep(for: .seconds(1)) } catch { throw .cancelled }
        }
    }
}
