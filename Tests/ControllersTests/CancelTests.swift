import AIOpsAPI
import Controllers
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import Primitives
import SchedulingTesting
import SimulationTesting
import Testing

/// How a task ends that somebody cancels, or deletes, at a given moment, and how soon.
@Suite(.ownThread) struct CancelTests {
    private func completion(of run: Rehearsal) throws -> AIOpsTask.Status { try #require(try run.task()).status }

    /// The Events about the task, as reason and note.
    private func told(_ run: Rehearsal) throws -> [String: String] {
        let events = try run.server.objects(Event.self).filter { $0.regarding.name == Rehearsal.key.name }
        return Dictionary(events.map { ($0.reason, $0.note) }, uniquingKeysWith: { first, _ in first })
    }

    /// A user's cancel just before a write of the process, which hears of it at once; `meanwhile` happens with it.
    private static func cancel(
        as mode: String, at moment: ProcessLink.Moment, in run: Rehearsal, of process: Locked<OperatorProcess?>,
        meanwhile: @escaping @Sendable () -> Void = {}
    ) -> ProcessLink.Event {
        let user = Bench.client(run.server, run.time)
        return .interference(moment) {
            do {
                _ = try await user.patch(
                    AIOpsTask.self, Rehearsal.key, .merge(["spec": ["cancel": .string(mode)]]),
                    options: WriteOptions())
                meanwhile()
                try await process.withLock { $0 }?.supervise()
            } catch {
                Issue.record(error)
            }
        }
    }

    /// The model would go on thinking for a quarter of an hour, and an application that nobody has mended is not waited for.
    @Test(arguments: [
        (Rehearsal.Play.cancelledGracefully, false), (.cancelledGracefully, true), (.cancelledImmediately, false),
    ])
    func aCancelDuringACallEndsTheTaskInSeconds(play: Rehearsal.Play, isMitigation: Bool) async throws {
        let run = Rehearsal(play, thinksOn: true) {
            if isMitigation { $0.spec.problem?.id = "shop_lite_target_port-misconfig-mitigation-1" }
        }
        let cancelledAt = Locked<Timestamp?>(nil)
        run.server.react(to: AIOpsTask.resourceType) { object, _ in
            guard object["spec", "cancel"]?.stringValue != nil else { return }
            cancelledAt.withLock { $0 = $0 ?? run.time.wallNow() }
        }
        let process = try run.process("aaaaa")
        #expect(try await process.work { try run.isCleanedUp() })
        let status = try completion(of: run)
        #expect(status.phase == .cancelled)
        let (asked, ended) = (try #require(cancelledAt.withLock { $0 }), try #require(status.completedAt))
        let most: Duration = play == .cancelledGracefully ? .seconds(25) : .seconds(2)
        #expect(ended - asked <= most, "\(ended - asked)")
        let said = try #require(status.conditions.get(.succeeded)).message
        if play == .cancelledGracefully {
            #expect(status.result?.verdict == .inconclusive && status.result?.reason == "Cancelled")
            #expect(said.contains("graded: verdict Inconclusive"))
        } else {
            #expect(status.result?.verdict == nil && said.contains("was not graded"))
        }
        try await process.tellEvents()
        let told = try told(run)
        #expect(told["Cancelling"]?.contains(play == .cancelledGracefully ? "Graceful" : "Immediate") == true)
        #expect(told["Cancelled"] == said)
        try await run.expectInvariants()
    }

    /// Progress is shown every ten seconds; the end shows what the conversation holds, also where a new process comes to it.
    @Test(arguments: [false, true]) func theStepsOfARunThatIsCutShortAreShownAtItsEnd(dies: Bool) async throws {
        let run = Rehearsal(.detection, answers: .dithering)
        let user = Bench.client(run.server, run.time)
        let decided = ProcessLink.Moment.first { $0.body["status"]?["attempts"] != nil }
        let process = try run.process("aaaaa", event: dies ? .deathBefore(decided) : nil)
        process.link.whileThinking.withLock { act in
            act = {
                guard run.provider.calls == 3 else { return }
                do {
                    _ = try await user.patch(
                        AIOpsTask.self, Rehearsal.key, .merge(["spec": ["cancel": "Immediate"]]),
                        options: WriteOptions())
                    try await process.supervise()
                    while !Task.isCancelled, !process.link.isDead { await Task.yield() }
                } catch {
                    #expect(Task.isCancelled || process.link.isDead, "\(error)")
                }
            }
        }
        #expect(try await process.work(until: run.isOver))
        if dies { #expect(try await run.process("bbbbb").work(until: run.isOver)) }
        let status = try completion(of: run)
        #expect(status.phase == .cancelled && status.steps == 3 && status.result?.stepsTaken == 3)
        #expect(run.provider.calls == 3 && status.usage?.calls == 3)
        #expect(status.display?.tokens == DisplayText.tokens(330))
    }

    private static func fault(_ code: Int) -> APIFault {
        .answer(
            code == 403
                ? Status(code: 403, reason: "Forbidden", message: "not yours")
                : Status(code: 503, reason: "ServiceUnavailable", message: "weather"))
    }

    /// Of what cannot be looked at nothing is known, and whoever cancelled does not wait until it can be.
    @Test(arguments: [403, 503])
    func aCancelledTaskThatCannotBeLookedAtIsInconclusive(code: Int) async throws {
        let run = Rehearsal(.cancelledGracefully, thinksOn: true) {
            $0.spec.problem?.id = "shop_lite_target_port-misconfig-mitigation-1"
        }
        let cancelledAt = Locked<Timestamp?>(nil)
        run.server.react(to: AIOpsTask.resourceType) { object, _ in
            guard object["spec", "cancel"]?.stringValue != nil else { return }
            cancelledAt.withLock { $0 = $0 ?? run.time.wallNow() }
        }
        run.server.inject(Self.fault(code), times: .max) { call in
            call.type == .deployments && call.verb == "list" && cancelledAt.withLock { $0 } != nil
        }
        let process = try run.process("aaaaa")
        #expect(try await process.work { try run.isCleanedUp() })
        let status = try completion(of: run)
        #expect(status.phase == .cancelled)
        #expect(status.result?.verdict == .inconclusive && status.result?.reason == "Cancelled")
        #expect(status.result?.message?.contains("could not be looked at") == true)
        let (asked, ended) = (try #require(cancelledAt.withLock { $0 }), try #require(status.completedAt))
        #expect(ended - asked <= .seconds(60), "\(ended - asked)")
        try await run.expectInvariants()
    }

    /// Cancelled while its outcome is graded, which then fails: the user asked for the end and got it.
    @Test(arguments: [403, 503])
    func whatFailsAfterAGracefulCancelLeavesTheTaskCancelled(code: Int) async throws {
        let grading = ProcessLink.Moment.first { $0.body["status", "phase"] == "Evaluating" }
        let run = Rehearsal(.mitigation)
        let cancelling = Locked<OperatorProcess?>(nil)
        let process = try run.process(
            "aaaaa",
            event: Self.cancel(as: "Graceful", at: grading, in: run, of: cancelling) {
                run.server.inject(Self.fault(code), times: .max) { $0.type == .deployments && $0.verb == "list" }
            })
        cancelling.withLock { $0 = process }
        #expect(try await process.work { try run.isCleanedUp() })
        let status = try completion(of: run)
        #expect(status.phase == .cancelled && status.result?.verdict == nil)
        let said = try #require(status.conditions.get(.succeeded)).message
        #expect(
            said.hasPrefix(
                "cancelled by spec.cancel; what the agent had done by then was not graded: "
                    + "the outcome could not be graded"), "\(said)")
        #expect(run.namespacesLeft.isEmpty)
    }

    /// An agent that has not begun has nothing to be graded, whichever way the task is cancelled.
    @Test(arguments: ["Graceful", "Immediate"], ["Provisioning", "Deploying", "Injecting"])
    func aCancelBeforeTheAgentStopsAtOnce(mode: String, phase: String) async throws {
        let reached = ProcessLink.Moment.after { write in
            phase == "Provisioning"
                ? write.type == .namespaces && write.verb == "create" : write.body["status", "phase"] == .string(phase)
        }
        let run = Rehearsal(.detection)
        let cancelling = Locked<OperatorProcess?>(nil)
        let process = try run.process(
            "aaaaa",
            event: Self.cancel(as: mode, at: reached, in: run, of: cancelling))
        cancelling.withLock { $0 = process }
        #expect(try await process.work { try run.isCleanedUp() })
        let status = try completion(of: run)
        #expect(status.phase == .cancelled && status.result?.verdict == nil)
        #expect(status.stages.allSatisfy { $0.name != "Running" }, "\(status.stages.map(\.name))")
        let said = try #require(status.conditions.get(.succeeded)).message
        #expect(said.contains("before the agent began"))
        #expect(run.provider.calls == 0 && run.namespacesLeft.isEmpty)
    }

    @Test func aDeletionOfARunningTaskIsTold() async throws {
        let run = Rehearsal(.deleted)
        let process = try run.process("aaaaa")
        #expect(try await process.work(until: run.isGone))
        try await process.tellEvents()
        let told = try told(run)
        #expect(told["Deleting"]?.contains("everything made for it is released") == true, "\(told)")
    }

    /// Who reads that the time was over reads which time, and what it was needed for.
    @Test func aTimeoutSaysWhichLimitAndWhere() async throws {
        let run = Rehearsal(.neverHealthy)
        try await run.perform()
        let said = try #require(try completion(of: run).conditions.get(.succeeded)).message
        #expect(
            said == "the task's time was over (20 s, spec.limits.timeoutSeconds) in stage Deploying: "
                + "the application did not become healthy")
        let dithering = Rehearsal(.dithering)
        try await dithering.perform()
        let agent = try #require(try completion(of: dithering).conditions.get(.agentCompleted))
        #expect(agent.reason == "TimedOut" && agent.message.contains("600 s, spec.limits.timeoutSeconds"))
    }
}
