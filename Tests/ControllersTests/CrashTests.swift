import AIOpsAPI
import Controllers
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import Primitives
import Testing

/// The operator dies, is cut off, or is interfered with at every single write of a whole run, one after another.
@Suite struct CrashTests {
    enum Mishap: String, Sendable, CaseIterable {
        case deathBefore, deathAfter, lostReply

        func event(_ number: Int) -> ProcessLink.Event {
            switch self {
            case .deathBefore: .deathBefore(number)
            case .deathAfter: .deathAfter(number)
            case .lostReply: .lostReply(number)
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
        var environment: [String?]

        init(_ status: AIOpsTask.Status) {
            phase = status.phase?.rawValue
            verdict = status.result?.verdict?.rawValue
            success = status.result?.success
            submission = status.result?.submission
            conditions = status.conditions.map { "\($0.type) \($0.status.rawValue) \($0.reason)" }.sorted()
            stages = status.stages.map(\.name)
            environment = [status.environment?.name, status.environment?.sandbox]
        }
    }

    @Test(arguments: [
        (Rehearsal.Play.mitigation, Mishap.deathAfter), (.detection, .deathBefore), (.detection, .lostReply),
    ])
    func aMishapAtAnyWriteEndsTheSame(play: Rehearsal.Play, mishap: Mishap) async throws {
        let clean = Rehearsal(play)
        let writes = try await clean.perform()
        let expected = Outcome(try #require(try clean.task()).status)
        for number in 1...writes {
            let run = Rehearsal(play)
            try await run.perform(mishap.event(number))
            let what: Comment = "\(mishap) \(number) of \(writes)"
            var outcome = Outcome(try #require(try run.task(), what).status)
            // Named after the uid, which counts with what was made before it.
            outcome.environment = expected.environment
            #expect(outcome == expected, what)
            try await run.expectInvariants(what, lostCalls: 1)
        }
    }

    /// Processes that die one after another, each at a moment of its own.
    @Test(arguments: 1...12)
    func severalDeathsInARowEndTheSame(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let run = Rehearsal(.mitigation)
        var deaths: [Int] = []
        for number in 0..<8 where try !run.isCleanedUp() {
            let at = Int.random(in: 1...30, using: &generator)
            let event: ProcessLink.Event = Bool.random(using: &generator) ? .deathAfter(at) : .deathBefore(at)
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
        let clean = Rehearsal(.detection)
        try await clean.perform()
        let recovered = try #require(clean.server.writes.firstIndex { $0.body.text.contains("\"recovered\"") })
        let run = Rehearsal(.detection)
        try await run.perform(.deathAfter(recovered + 1))
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
            let deletion = ProcessLink.Event.interference(number) {
                do {
                    try await outsider.delete(AIOpsTask.resourceType, Rehearsal.key, DeleteOptions())
                } catch {
                    Issue.record(error)
                }
            }
            try await run.perform(deletion) { try run.task() == nil && run.namespacesLeft.isEmpty }
            let what: Comment = "deleted at write \(number) of \(writes)"
            #expect(try run.task() == nil, what)
            #expect(run.namespacesLeft.isEmpty, what)
            let kept = run.server.objects(.configMaps) + run.server.objects(LLMConversation.resourceType)
            #expect(kept.isEmpty, what)
            #expect(run.namespacesMade <= 2, what)
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
            let run = try await takeOver(play, at: number, what)
            var outcome = Outcome(try #require(try run.task(), what).status)
            outcome.environment = expected.environment
            #expect(outcome == expected, what)
            try await run.expectInvariants(what, lostCalls: 1, hadRival: true)
        }
    }

    /// The worst moment: the new owner has cleaned up, and the first owner makes the namespaces once more.
    @Test func aLateOwnerTakesBackWhatItMade() async throws {
        let clean = Rehearsal(.detection)
        try await clean.perform()
        let making = try #require(
            clean.server.writes.firstIndex { $0.type == .namespaces && $0.verb == "create" })
        let run = try await takeOver(.detection, at: making + 1, "")
        #expect(run.namespacesMade == 4)
        #expect(run.namespacesLeft.isEmpty)
    }

    /// Lets a second process do the whole task while the first waits at a write, and then the first go on.
    private func takeOver(_ play: Rehearsal.Play, at number: Int, _ what: Comment) async throws -> Rehearsal {
        let run = Rehearsal(play)
        let heir = try run.process("bbbbb")
        let left = Locked<[JSONValue]?>(nil)
        try await run.perform(
            .interference(number) {
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
