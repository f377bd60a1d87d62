import AIOpsAPI
import Controllers
import FoundationEssentials
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import Primitives
import SchedulingTesting
import SimulationTesting
import Testing

/// The operator dies, is cut off, or is interfered with at every single write of a whole run, one after another.
@Suite(.ownThread) struct CrashTests {
    enum Mishap: String, Sendable, CaseIterable {
        case deathBefore, deathAfter, lostReply

        func event(_ number: Int) -> ProcessLink.Event {
            switch self {
            case .deathBefore: .deathBefore(.number(number))
            case .deathAfter: .deathAfter(.number(number))
            case .lostReply: .lostReply(.number(number))
            }
        }
    }

    /// What must not depend on what happened on the way.
    private struct Outcome: Hashable {
        var phase: String?
        var verdict: String?
        var success: Bool?
        var submission: String?
        var conditions: [String]
        var stages: [String]
        var attempts: [String]
        var environment: [String?]

        init(_ status: AIOpsTask.Status) {
            phase = status.phase?.rawValue
            verdict = status.result?.verdict?.rawValue
            success = status.result?.success
            submission = status.result?.submission
            conditions = status.conditions.map { "\($0.type) \($0.status.rawValue) \($0.reason)" }.sorted()
            stages = status.stages.map(\.name)
            attempts = status.attempts.map { "\($0.number) \($0.reason ?? "") \($0.verdict?.rawValue ?? "")" }
            environment = [status.environment?.name, status.environment?.sandbox]
        }
    }

    /// Every way a task's life can go, and a mishap at each of its writes.
    ///
    /// Up to the agent's work one life is like the other, so for most of them what comes from there on is enough; replies
    /// that are lost on the way to an end of its own kind are those from the moment it is decided. A process that dies before
    /// a write leaves what one leaves that dies after the write before.
    @Test(
        arguments: [
            (Rehearsal.Play.detection, Mishap.deathBefore), (.detection, .lostReply), (.mitigation, .deathAfter),
        ]
            + Rehearsal.Play.allCases.dropFirst(2).flatMap { [($0, .deathAfter), ($0, .lostReply)] })
    func aMishapAtAnyWriteEndsTheSame(play: Rehearsal.Play, mishap: Mishap) async throws {
        let clean = Rehearsal(play)
        let writes = try await clean.perform(until: clean.isOver)
        let first = try firstOfInterest(clean, mishap)
        let numbers = drawn(first...writes, of: play, mishap)
        guard play != .deleted else {
            for number in numbers {
                let run = Rehearsal(play)
                try await run.perform(mishap.event(number), until: run.isOver)
                try expectNothingLeft(run, "\(play), \(mishap) \(number) of \(writes)")
            }
            return
        }
        let expected = Outcome(try #require(try clean.task()).status)
        try await clean.expectInvariants("\(play)")
        for number in numbers {
            let run = Rehearsal(play)
            try await run.perform(mishap.event(number))
            let what: Comment = "\(play), \(mishap) \(number) of \(writes)"
            var outcome = Outcome(try #require(try run.task(), what).status)
            // Named after the uid, which counts with what was made before it.
            outcome.environment = expected.environment
            #expect(outcome == expected, what)
            try await run.expectInvariants(what, lostCalls: 1)
        }
    }

    /// Every write of the first two lives; of the others each sixth, or each one where `AIOPS_FAULTS` is `all`.
    private func drawn(_ writes: ClosedRange<Int>, of play: Rehearsal.Play, _ mishap: Mishap) -> [Int] {
        let all = Array(writes)
        guard ![.detection, .mitigation].contains(play), ProcessInfo.processInfo.environment["AIOPS_FAULTS"] != "all"
        else { return all }
        let start = mishap == .deathAfter ? 0 : 3
        return all.indices.filter { $0 % 6 == start }.map { all[$0] }
    }

    private func firstOfInterest(_ clean: Rehearsal, _ mishap: Mishap) throws -> Int {
        switch (clean.play, mishap) {
        case (.detection, _), (.mitigation, _): 1
        case (.neverHealthy, .deathAfter):
            try clean.numberOfTheFirstWrite { $0.body["status", "phase"] == "Deploying" }
        case (.deleted, .lostReply):
            try clean.numberOfTheFirstWrite { $0.type == .namespaces && $0.verb == "delete" }
        case (_, .lostReply): try clean.numberOfTheFirstWrite { $0.body["status"]?["attempts"] != nil }
        default: try clean.numberOfTheFirstWrite { $0.body["status", "phase"] == "Running" }
        }
    }

    @Test(arguments: [
        (Rehearsal.Play.detection, "Succeeded", "Completed", "Passed"),
        (.babbling, "Succeeded", "Completed", "Failed"), (.dithering, "Succeeded", "Completed", "Failed"),
        (.neverHealthy, "Failed", "TimedOut", ""), (.cancelledGracefully, "Cancelled", "Cancelled", "Inconclusive"),
        (.cancelledImmediately, "Cancelled", "Cancelled", ""), (.refusedKey, "Failed", "ProviderAuthFailed", ""),
        (.environmentTaken, "Failed", "EnvironmentLost", ""),
    ])
    func eachLifeEndsAsItShould(play: Rehearsal.Play, phase: String, reason: String, verdict: String) async throws {
        let run = Rehearsal(play)
        try await run.perform()
        let status = try #require(try run.task()).status
        #expect(status.phase?.rawValue == phase)
        #expect(status.conditions.get(.succeeded)?.reason == reason)
        #expect(status.result?.verdict?.rawValue ?? "" == verdict)
        #expect(status.attempts.map(\.reason) == [reason])
        // A run that fails has used its tokens all the same.
        #expect(run.tokens("input") == 100 * Double(run.provider.calls))
        #expect(run.provider.calls > 0 || play.isCutOff || !play.talks)
        // A reply that could not be read is no step, whenever it is shown.
        #expect(run.history.allSatisfy { ($0.steps ?? 0) <= status.result?.stepsTaken ?? .max })
    }

    private func expectNothingLeft(_ run: Rehearsal, _ what: Comment) throws {
        #expect(try run.task() == nil, what)
        #expect(run.namespacesLeft.isEmpty, what)
        let kept = run.server.objects(.configMaps) + run.server.objects(LLMConversation.resourceType)
        #expect(kept.isEmpty, what)
        #expect(run.namespacesMade <= 2, what)
    }

    /// Processes that die one after another, each at a moment of its own.
    @Test(arguments: 1...12)
    func severalDeathsInARowEndTheSame(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let run = Rehearsal(.mitigation)
        var deaths: [Int] = []
        for number in 0..<8 where try !run.isCleanedUp() {
            let at = Int.random(in: 1...30, using: &generator)
            let event: ProcessLink.Event =
                Bool.random(using: &generator) ? .deathAfter(.number(at)) : .deathBefore(.number(at))
            deaths.append(at)
            #expect(try await run.process("proc\(number)", event: event).work { try run.isCleanedUp() })
        }
        let what: Comment = "deaths at writes \(deaths)"
        try await run.perform()
        let status = try #require(try run.task(), what).status
        #expect(status.phase == .succeeded && status.result?.verdict == .passed, what)
        try await run.expectInvariants(what, lostCalls: deaths.count)
    }

    /// The agent is not graded again on an application whose fault was taken back meanwhile.
    @Test func aVerdictIsReachedOnce() async throws {
        let run = Rehearsal(.detection)
        try await run.perform(.deathAfter(.first { $0.body.text.contains("\"recovered\"") }))
        #expect(try run.task()?.status.result?.verdict == .passed)
        #expect(run.history.contains { $0.claim?.epoch == 2 })
    }

    /// Somebody deletes the task at any moment: everything that was made for it goes, and nothing else is made.
    @Test(arguments: [Rehearsal.Play.mitigation])
    func aDeletionAtAnyWriteLeavesNothing(play: Rehearsal.Play) async throws {
        let writes = try await Rehearsal(play).perform()
        for number in 1...writes {
            let run = Rehearsal(play)
            let outsider = Bench.client(run.server, run.time)
            let deletion = ProcessLink.Event.interference(.number(number)) {
                do {
                    try await outsider.delete(AIOpsTask.resourceType, Rehearsal.key, DeleteOptions())
                } catch {
                    Issue.record(error)
                }
            }
            try await run.perform(deletion, until: run.isGone)
            try expectNothingLeft(run, "deleted at write \(number) of \(writes)")
        }
    }

    /// Another process takes the task over while the first, cut off for a while, still believes in its claim.
    @Test(arguments: [Rehearsal.Play.mitigation])
    func aTakeOverAtAnyWriteFencesTheFirstOwner(play: Rehearsal.Play) async throws {
        let clean = Rehearsal(play)
        let writes = try await clean.perform()
        let expected = Outcome(try #require(try clean.task()).status)
        for number in 1...writes {
            let what: Comment = "taken over at write \(number) of \(writes)"
            let run = try await takeOver(play, at: .number(number), what)
            var outcome = Outcome(try #require(try run.task(), what).status)
            outcome.environment = expected.environment
            #expect(outcome == expected, what)
            try await run.expectInvariants(what, lostCalls: 1, hadRival: true)
        }
    }

    /// The worst moment: the new owner has cleaned up, and the first owner makes the namespaces once more.
    @Test func aLateOwnerTakesBackWhatItMade() async throws {
        let run = try await takeOver(.detection, at: .first { $0.type == .namespaces && $0.verb == "create" }, "")
        #expect(run.namespacesMade == 4)
        #expect(run.namespacesLeft.isEmpty)
    }

    /// Lets a second process do the whole task while the first waits at a write, and then the first go on.
    private func takeOver(_ play: Rehearsal.Play, at moment: ProcessLink.Moment, _ what: Comment) async throws
        -> Rehearsal
    {
        let run = Rehearsal(play)
        let heir = try run.process("bbbbb")
        let left = Locked<[JSONValue]?>(nil)
        try await run.perform(
            .interference(moment) {
                do {
                    #expect(try await heir.work { try run.isCleanedUp() }, what)
                    left.withLock { $0 = run.objectsLeft }
                } catch {
                    Issue.record(error)
                }
            })
        // Whatever the first owner still tried was refused, or taken back by itself.
        if let left = left.withLock({ $0 }) { #expect(run.objectsLeft == left, what) }
        return run
    }
}
