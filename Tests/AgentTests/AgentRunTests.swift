import Agent
import Conversations
import JSON
import LanguageModelTesting
import LanguageModels
import LifecycleTesting
import Primitives
import Testing

struct AgentRunTests {
    @Test(arguments: ToolStyle.allCases) func aWholeRun(style: ToolStyle) async throws {
        let rig = Rig(style: style)
        let toolbox = ScriptedToolbox()
        let model = scripted()
        let outcome = try succeeded(await rig.run(model, toolbox))
        #expect(outcome.submission?.value == "Yes" && outcome.stopReason == .submitted)
        #expect(outcome.steps == 5 && outcome.formatErrors == 1)
        #expect(toolbox.performed.map(\.name) == ["get_logs", "exec_shell", "exec_shell", "exec_shell"])
        #expect(outcome.totals.calls == 6 && outcome.totals.open == nil && outcome.totals.lostCalls == 0)
        let record = try await rig.record()
        let outcomes = rig.outcomeRole.rawValue
        #expect(
            record.messages.map(\.role.rawValue).joined(separator: " ")
                == "system user assistant \(outcomes) assistant \(outcomes) assistant user assistant \(outcomes) "
                + "assistant \(outcomes) assistant"
        )
        // Two flushes a step: outcome with reservation, then the reply.
        let flushes = rig.journal.flushes
        #expect(flushes.count == 12)
        for (index, flush) in flushes.enumerated() { #expect((flush.reservation != nil) == (index % 2 == 0)) }
        #expect(record.totals.totalNanoUSD > 0 && record.totals.costSource == "table 2026-08")
    }

    /// F40: 34 steps were shown of 30, because every reply counted.
    @Test(arguments: ToolStyle.allCases) func whatIsShownAreStepsAndNotCalls(style: ToolStyle) async throws {
        var rig = Rig(style: style)
        rig.limits.maxSteps = 5
        // Every other reply says nothing that could be done.
        let flaky = ScriptedModel { request, number throws(ModelError) in
            let call = number % 2 == 0 ? "no call" : #"exec_shell("kubectl get pods")"#
            return reply(call, to: request)
        }
        let outcome = try succeeded(await rig.run(flaky, ScriptedToolbox()))
        #expect(outcome.stopReason == .stepLimit && outcome.steps == 5 && outcome.formatErrors == 5)
        let shown = rig.standings.withLock { $0 }
        #expect(shown.map(\.steps) == shown.map(\.steps).sorted() && shown.last?.steps == 5)
        #expect(shown.last?.totals.calls == 10)
    }

    static let moments = (1...12).flatMap { write in MemoryJournal.Crash.allCases.map { (write, $0) } }

    @Test(arguments: moments, ToolStyle.allCases)
    func aCrashAtAnyWriteChangesNothingButTheBill(
        moment: (write: Int, crash: MemoryJournal.Crash), style: ToolStyle
    ) async throws {
        let (write, crash) = moment
        let clean = Rig(style: style)
        let cleanTools = ScriptedToolbox()
        let cleanOutcome = try succeeded(await clean.run(scripted(), cleanTools))
        let cleanRecord = try await clean.record()

        let rig = Rig(style: style)
        let model = scripted()
        let toolbox = ScriptedToolbox()
        rig.journal.crash(crash, at: write)
        guard case .failure = await rig.run(model, toolbox) else {
            Issue.record("did not crash")
            return
        }
        let outcome = try succeeded(await rig.run(model, toolbox))
        let record = try await rig.record()

        #expect(outcome.submission == cleanOutcome.submission && outcome.steps == cleanOutcome.steps)
        #expect(outcome.formatErrors == cleanOutcome.formatErrors)
        // Every call of the model is in the bill: recorded, or lost and charged at its worst.
        #expect(model.requests.count <= outcome.totals.calls + outcome.totals.lostCalls)
        #expect(outcome.totals.calls == cleanOutcome.totals.calls)
        // The reply of call n is write 2n, and only a reply that was not stored is asked for again.
        let wasLost = write % 2 == 0 && crash == .before
        #expect(model.requests.count == calls.count + (wasLost ? 1 : 0))
        if wasLost { #expect(outcome.totals.lostCalls == 1 && outcome.totals.lostTokens > 0) }
        // The one command that changes something was in flight when its reply's write (8) or its outcome's (9) failed.
        let wasUnknown = write == 8 && crash == .after || write == 9 && crash == .before
        let expected = story(cleanRecord)
        let actual = story(record)
        #expect(actual.count == expected.count)
        for (index, (left, right)) in zip(actual, expected).enumerated() where left != right {
            #expect(wasUnknown && index == 9 && left.contains("outcome of this call is unknown"))
        }
        let deletions = toolbox.performed.count { $0.arguments.first?.value.text.contains("delete") == true }
        #expect(deletions == (write == 8 && crash == .after ? 0 : 1))
    }

    @Test(arguments: ToolStyle.allCases) func crashAfterCrashStillEndsTheSame(style: ToolStyle) async throws {
        let rig = Rig(style: style)
        let model = scripted()
        let toolbox = ScriptedToolbox()
        var outcome: AgentOutcome?
        var runs = 0
        while outcome == nil, runs < 60 {
            rig.journal.crash(runs % 2 == 0 ? .after : .before, at: rig.journal.writes + 2)
            if case .success(let done) = await rig.run(model, toolbox) { outcome = done }
            runs += 1
        }
        let totals = try #require(outcome?.totals)
        #expect(outcome?.submission?.value == "Yes" && runs > 3)
        #expect(model.requests.count <= totals.calls + totals.lostCalls)
    }

    @Test(arguments: ToolStyle.allCases) func aFinishedRunIsOnlyRead(style: ToolStyle) async throws {
        let rig = Rig(style: style)
        let model = scripted()
        let first = try succeeded(await rig.run(model, ScriptedToolbox()))
        let writes = rig.journal.writes
        let toolbox = ScriptedToolbox()
        #expect(try succeeded(await rig.run(model, toolbox)) == first)
        #expect(rig.journal.writes == writes && model.requests.count == calls.count && toolbox.performed.isEmpty)
    }

    @Test func aFencedRunStopsBeforeTheModelIsPaid() async throws {
        let rig = Rig()
        rig.journal.fence()
        let model = scripted()
        guard case .failure(.fenced) = await rig.run(model, ScriptedToolbox()) else {
            Issue.record("went on")
            return
        }
        #expect(model.requests.isEmpty)
    }

    @Test func anAnswerLostByTheStoreIsNotATakeover() async throws {
        let rig = Rig()
        rig.journal.fail([.unavailable("not stored", cause: nil), .unavailable("stored", cause: nil)])
        let outcome = try succeeded(await rig.run(scripted(), ScriptedToolbox()))
        #expect(outcome.totals.calls == calls.count && outcome.totals.lostCalls == 0)
    }

    @Test func anotherWorkersFlushIsATakeover() async throws {
        let rig = Rig()
        let model = ScriptedModel { [journal = rig.journal] request, _ throws(ModelError) in
            var other = ConversationRecord(identity: "other", redact: { $0 })
            let message = ConversationMessage(timestamp: Timestamp(seconds: 1), role: .user, content: "x")
            _ = other.append([message, message])
            journal.plant(other.append([message]))
            return replay(request)
        }
        guard case .failure(.fenced) = await rig.run(model, ScriptedToolbox()) else {
            Issue.record("went on")
            return
        }
    }

    @Test func aDamagedJournalIsRefused() async throws {
        let rig = Rig()
        _ = await rig.run(scripted(), ScriptedToolbox())
        var other = ConversationRecord(identity: "uid-2", redact: { $0 })
        rig.journal.plant(
            other.append([ConversationMessage(timestamp: Timestamp(seconds: 1), role: .user, content: "x")]))
        guard case .failure(.journal(.corrupt(let fault))) = await rig.run(scripted(), ScriptedToolbox()) else {
            Issue.record("went on")
            return
        }
        #expect(fault.seq == 1)
    }

    // MARK: Hands that fail

    /// What was certainly not done is tried again, whatever it is; what may have been done only when it changes nothing.
    @Test(
        arguments: [
            ("kubectl delete pod x", true, 1, true), ("kubectl delete pod x", false, 2, false),
            ("kubectl get svc", true, 2, false), ("kubectl get svc", false, 2, false),
        ], ToolStyle.allCases)
    func aCallThatFailsOnceIsNeverDoneTwiceByAccident(
        failure: (command: String, mayHaveTakenEffect: Bool, times: Int, isTold: Bool), style: ToolStyle
    ) async throws {
        let (command, mayHaveTakenEffect, times, isTold) = failure
        let rig = Rig(style: style)
        let failures = Locked(0)
        let toolbox = ScriptedToolbox { action throws(ToolError) in
            guard action.string("command", at: 0) == command, failures.withLock({ $0 }) == 0 else {
                return Observation(text: "done")
            }
            failures.withLock { $0 += 1 }
            throw ToolError(
                "lost", isRetryable: true, mayHaveTakenEffect: mayHaveTakenEffect, seen: "pod half deleted")
        }
        let outcome = try succeeded(await rig.run(scripted(), toolbox))
        #expect(outcome.submission?.value == "Yes" && outcome.steps == 5)
        #expect(toolbox.performed.count { $0.string("command", at: 0) == command } == times)
        let told = try await rig.record().messages.filter { $0.content.contains("outcome of this call is unknown") }
        #expect(told.count == (isTold ? 1 : 0))
        #expect(told.allSatisfy { $0.content.contains("pod half deleted") && $0.role == rig.outcomeRole })
    }

    @Test(arguments: [true, false])
    func handsThatStayAwayAreNeverTheAgentsFailure(isRetryable: Bool) async throws {
        let rig = Rig()
        let toolbox = ScriptedToolbox { _ throws(ToolError) in
            throw ToolError("no sandbox", isRetryable: isRetryable)
        }
        guard case .failure(.tool) = await rig.run(scripted(), toolbox) else {
            Issue.record("went on")
            return
        }
        #expect(toolbox.performed.count == (isRetryable ? rig.limits.toolAttempts : 1))
        // With new hands it goes on from its record.
        let outcome = try succeeded(await rig.run(scripted(), ScriptedToolbox()))
        #expect(outcome.submission?.value == "Yes" && outcome.totals.lostCalls == 0)
    }

    // MARK: Limits

    /// A graceful cancel finishes the action under way, pays for no further call, and leaves a record that can be graded.
    @Test func askedToStopItEndsBetweenTwoCalls() async throws {
        var rig = Rig()
        let toolbox = ScriptedToolbox()
        rig.isAskedToStop = { !toolbox.performed.isEmpty }
        let outcome = try succeeded(await rig.run(scripted(), toolbox))
        #expect(outcome.stopReason == .asked && outcome.submission == nil)
        #expect(toolbox.performed.map(\.name) == ["get_logs"])
        #expect(outcome.totals.calls == 1 && outcome.totals.open == nil)
        #expect(try await rig.record().last?.role == .function)
    }

    @Test(arguments: [1, 3], ToolStyle.allCases)
    func stepsAreLimitedAndFormatErrorsAreNotSteps(maxSteps: Int, style: ToolStyle) async throws {
        var rig = Rig(style: style)
        rig.limits.maxSteps = maxSteps
        let outcome = try succeeded(await rig.run(scripted(), ScriptedToolbox()))
        #expect(outcome.stopReason == .stepLimit && outcome.steps == maxSteps && outcome.submission == nil)
        #expect(outcome.formatErrors == (maxSteps == 3 ? 1 : 0))
        #expect(try await rig.record().last?.role == rig.outcomeRole)
        let writes = rig.journal.writes
        #expect(try succeeded(await rig.run(scripted(), ScriptedToolbox())) == outcome)
        #expect(rig.journal.writes == writes)
    }

    @Test(arguments: ToolStyle.allCases) func tenFormatErrorsInARowEndTheRun(style: ToolStyle) async throws {
        let rig = Rig(style: style)
        let model = ScriptedModel { request, _ throws(ModelError) in ScriptedModel.reply("I do not know", to: request) }
        let outcome = try succeeded(await rig.run(model, ScriptedToolbox()))
        #expect(outcome.stopReason == .formatErrors && outcome.formatErrors == 10 && outcome.steps == 0)
        #expect(model.requests.count == 10)
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func spendingNeverPassesTheBudget(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        var rig = Rig(style: seed.isMultiple(of: 2) ? .codeBlock : .native)
        let limitsTokens = Bool.random(using: &generator)
        let maxTokens = Int64.random(in: 500...60_000, using: &generator)
        let maxCost = Int64.random(in: 50_000...9_000_000, using: &generator)
        if limitsTokens { rig.limits.maxTokens = maxTokens } else { rig.limits.maxCost = NanoDollars(maxCost) }
        rig.limits.maxSteps = 12
        let fate = (0..<60).map { _ in Int.random(in: 0..<6, using: &generator) }
        let model = ScriptedModel { request, number throws(ModelError) in
            switch fate[number % fate.count] {
            case 0: throw .timedOut
            case 1: throw .connectionLost("reset")
            default: break
            }
            // As dear as it may get.
            var dear = reply("exec_shell(\"kubectl get pods\")", to: request)
            dear.usage = ScriptedModel.bound(of: request)
            return dear
        }
        var totals = ConversationTotals()
        for round in 0..<6 {
            if round % 2 == 0 {
                rig.journal.crash(
                    Bool.random(using: &generator) ? .before : .after,
                    at: rig.journal.writes + Int.random(in: 1...6, using: &generator))
            }
            _ = await rig.run(model, ScriptedToolbox())
            totals = try await rig.record().totals
            // Added up here, so that a sum the code forgets does not go unseen.
            let tokens = totals.usage.totalTokens + totals.lostTokens + (totals.open?.tokens ?? 0)
            let cost = totals.totalNanoUSD + totals.lostNanoUSD + (totals.open?.nanoUSD ?? 0)
            #expect(!limitsTokens || tokens <= maxTokens)
            #expect(limitsTokens || cost <= maxCost)
        }
        let open = totals.open == nil ? 0 : 1
        #expect(model.requests.count <= totals.calls + totals.lostCalls + open)
    }

    @Test func anUnknownPriceWithACostLimitIsRefused() async throws {
        var rig = Rig()
        rig.limits.maxCost = NanoDollars(1_000_000_000)
        let model = ScriptedModel(descriptor: ModelDescriptor(provider: "OpenAI", name: "mystery")) {
            request, _ throws(ModelError) in replay(request)
        }
        guard case .failure(.priceUnknown) = await rig.run(model, ScriptedToolbox()) else {
            Issue.record("went on")
            return
        }
        #expect(model.requests.isEmpty && rig.journal.writes == 0)
        rig.limits.maxCost = nil
        let outcome = try succeeded(await rig.run(model, ScriptedToolbox()))
        #expect(outcome.totals.callsOfUnknownCost == calls.count && outcome.totals.totalNanoUSD == 0)
    }

    @Test func aToolIsCutOffAtTheDeadline() async throws {
        var rig = Rig()
        let time = ManualTimeSource()
        rig.time = time
        rig.limits.deadline = time.wallNow() + .seconds(100)
        let toolbox = ScriptedToolbox { action throws(ToolError) in
            do { try await time.sleep(for: .seconds(1000)) } catch {
                throw ToolError("cancelled", isRetryable: false, isCancelled: true)
            }
            return Observation(text: "late")
        }
        let fixed = rig
        async let result = fixed.run(scripted(), toolbox)
        await time.waitForSleepers(2)
        time.advance(by: .seconds(100))
        let outcome = try succeeded(await result)
        #expect(outcome.stopReason == .deadline && outcome.steps == 1)
        let last = try await rig.record().last
        #expect(last?.content.contains("time for the whole task was over") == true)
    }

    @Test func aModelThatUsesUpTheTimeEndsTheRunAsTimedOut() async throws {
        var rig = Rig()
        let time = SkippingTimeSource()
        rig.time = time
        rig.limits.deadline = time.wallNow() + .seconds(90)
        let model = ScriptedModel { request, _ throws(ModelError) in
            time.advance(by: request.timeLimit)
            throw .timedOut
        }
        let outcome = try succeeded(await rig.run(model, ScriptedToolbox()))
        #expect(outcome.stopReason == .deadline && outcome.totals.open != nil)
        #expect(model.requests.map(\.timeLimit) == [.seconds(90)])
        // After the deadline nothing is asked any more, in this process or the next.
        #expect(try succeeded(await rig.run(scripted(), ScriptedToolbox())).stopReason == .deadline)
    }

    /// One that takes every call and never answers is away, whatever the task's time is.
    @Test(arguments: [120, 300, 599, 700] as [Int64])
    func aProviderThatNeverAnswersIsNotHeldAgainstTheAgent(seconds: Int64) async throws {
        var rig = Rig()
        let time = SkippingTimeSource()
        rig.time = time
        rig.limits.deadline = time.wallNow() + .seconds(seconds)
        let model = ScriptedModel { request, _ throws(ModelError) in
            time.advance(by: request.timeLimit)
            throw .timedOut
        }
        guard case .failure(.model(.timedOut, let tried)) = await rig.run(model, ScriptedToolbox()) else {
            Issue.record("it was held against the agent")
            return
        }
        #expect("\(tried)".hasSuffix("the task's own time was over (spec.limits.timeoutSeconds)"))
        #expect("\(tried)".contains("for \(seconds) s in all") || seconds > 600)
        // The second call of the longest time has less than the patience left, after ten minutes of silence.
        #expect(model.requests.count == (seconds > 600 ? 2 : 1))
    }

    /// The one who made the first call died of something else; the provider was silent before and after.
    @Test func silenceCountsAcrossACrash() async throws {
        var rig = Rig()
        let time = SkippingTimeSource()
        rig.time = time
        rig.limits.deadline = time.wallNow() + .seconds(200)
        let dying = ScriptedModel { _, _ throws(ModelError) in
            time.advance(by: .seconds(100))
            throw .cancelled
        }
        guard case .failure(.cancelled) = await rig.run(dying, ScriptedToolbox()) else {
            Issue.record("it did not die")
            return
        }
        let silent = ScriptedModel { request, _ throws(ModelError) in
            time.advance(by: request.timeLimit)
            throw .timedOut
        }
        // In the time that is left, and when none is left.
        for _ in 0..<2 {
            guard case .failure(.model(.timedOut, _)) = await rig.run(silent, ScriptedToolbox()) else {
                Issue.record("it was held against the agent")
                return
            }
        }
        #expect(silent.requests.count == 1)
    }

    // MARK: Failures of others

    @Test(
        arguments: [
            (ModelError.authenticationFailed("no"), 1, 0), (.invalidRequest("x"), 1, 0), (.unavailable("x"), 1, 0),
            (.timedOut, 3, 3), (.connectionLost("x"), 3, 3), (.malformedReply("x"), 3, 3),
        ])
    func aProvidersFailureIsThrownAndNeverSaidByTheAgent(error: ModelError, attempts: Int, charged: Int) async throws {
        var rig = Rig()
        rig.limits.providerPatience = .zero
        let model = ScriptedModel { _, _ throws(ModelError) in throw error }
        guard case .failure(.model(error, let tried)) = await rig.run(model, ScriptedToolbox()) else {
            Issue.record("not thrown")
            return
        }
        #expect(tried.tries == attempts)
        #expect(model.requests.count == attempts)
        let record = try await rig.record()
        #expect(!record.messages.contains { $0.role == .assistant })
        let totals = record.totals
        #expect(totals.lostCalls + (totals.open == nil ? 0 : 1) == charged)
        #expect((totals.chargedTokens > 0) == (charged > 0))
        // When the provider is back the run goes on, and the model is told nothing of it.
        let back = scripted()
        let outcome = try succeeded(await rig.run(back, ScriptedToolbox()))
        #expect(outcome.submission?.value == "Yes" && outcome.totals.lostCalls == charged)
        #expect(back.requests.first?.messages.count == 2)
    }

    /// The provider is restarted in the middle of a run.
    @Test(arguments: [ModelError.unavailable("x"), .rateLimited(retryAfter: nil)])
    func anOutageOfAMinuteIsSatOutAtNoCost(error: ModelError) async throws {
        var rig = Rig()
        let time = SkippingTimeSource()
        rig.time = time
        let model = ScriptedModel { request, _ throws(ModelError) in
            let isAway = request.messages.count > 3 && time.monotonicNow() < .seconds(60)
            if isAway { throw error }
            return replay(request)
        }
        let outcome = try succeeded(await rig.run(model, ScriptedToolbox()))
        #expect(outcome.submission?.value == "Yes" && outcome.steps == 5)
        #expect(outcome.totals.lostCalls == 0 && outcome.totals.open == nil)
        #expect(outcome.totals.calls == calls.count && outcome.totals.chargedTokens == outcome.totals.usage.totalTokens)
        // Two, four, then eight seconds, each up to a quarter shorter.
        let sleeps = time.sleeps
        for (index, sleep) in sleeps.enumerated() {
            let whole = Duration.seconds(min(8, 2 << index))
            #expect((whole * 3 / 4...whole).contains(sleep), "\(index)")
        }
        #expect((8...12).contains(sleeps.count) && Set(sleeps).count > 4)
        // Nothing of it reaches the model.
        #expect(!model.requests.contains { $0.messages.contains { $0.content.contains("asked again") } })
    }

    @Test func anOutageIsSatOutForTwoMinutesAndNoLonger() async throws {
        var rig = Rig()
        let time = SkippingTimeSource()
        rig.time = time
        let model = ScriptedModel { _, _ throws(ModelError) in throw .unavailable("x") }
        guard case .failure(.model(.unavailable, let tried)) = await rig.run(model, ScriptedToolbox()) else {
            Issue.record("not thrown")
            return
        }
        #expect((.seconds(120)...(.seconds(128))).contains(time.monotonicNow()))
        #expect(model.requests.count == tried.tries && (15...24).contains(tried.tries) && !tried.isCutByTask)
        #expect("\(tried)" == "tried \(tried.tries) times, for \(time.monotonicNow().wholeSeconds) s in all")
        // The loop asks again by itself, so each try is one request.
        #expect(model.requests.allSatisfy { $0.attempts == 1 })
        #expect(try await rig.record().totals.chargedTokens == 0)
    }

    /// A pool may say how a provider is asked again.
    @Test func theWaitsAndThePatienceAreThoseOfTheLimits() async throws {
        var rig = Rig()
        let time = SkippingTimeSource()
        rig.time = time
        rig.limits.providerPatience = .seconds(30)
        rig.limits.providerDelays = RetryPolicy(firstDelay: .seconds(4), longestDelay: .seconds(16))
        let model = ScriptedModel { _, _ throws(ModelError) in throw .unavailable("x") }
        guard case .failure(.model(.unavailable, _)) = await rig.run(model, ScriptedToolbox()) else {
            Issue.record("not thrown")
            return
        }
        // 4, 8, 16 and 16 seconds, each up to a quarter shorter; the first three are over before the thirty are.
        #expect(model.requests.count == 5)
        #expect((.seconds(33)...(.seconds(44))).contains(time.monotonicNow()))
        #expect((.seconds(3)...(.seconds(4))).contains(time.sleeps.first ?? .zero))
    }

    /// What it asks for is kept, also beyond the patience for one that says nothing.
    @Test func whatTheProviderAsksToWaitIsWaited() async throws {
        var rig = Rig()
        let time = SkippingTimeSource()
        rig.time = time
        let model = ScriptedModel { request, number throws(ModelError) in
            if number == 0 { throw .unavailable("busy", retryAfter: .seconds(300)) }
            return replay(request)
        }
        let outcome = try succeeded(await rig.run(model, ScriptedToolbox()))
        #expect(outcome.submission?.value == "Yes" && time.monotonicNow() == .seconds(300))
    }

    /// An agent is not graded for the time in which its model was away.
    @Test(arguments: [
        ModelError.unavailable("x"), .rateLimited(retryAfter: .seconds(300)), .connectionLost("x"),
    ])
    func anOutageUntilTheDeadlineIsTheProvidersFailure(error: ModelError) async throws {
        var rig = Rig()
        let time = SkippingTimeSource()
        rig.time = time
        rig.limits.deadline = time.wallNow() + .seconds(5)
        let model = ScriptedModel { request, number throws(ModelError) in
            if number == 0 { return ScriptedModel.reply("no call", to: request) }
            time.advance(by: .seconds(2))
            throw error
        }
        guard case .failure(.model(error, _)) = await rig.run(model, ScriptedToolbox()) else {
            Issue.record("it was held against the agent")
            return
        }
        #expect(time.monotonicNow() < .seconds(10))
    }

    @Test func aCancelDoesNotWaitForTheProvider() async throws {
        var rig = Rig()
        let time = SkippingTimeSource()
        rig.time = time
        rig.isAskedToStop = { time.monotonicNow() > .seconds(10) }
        let model = ScriptedModel { _, _ throws(ModelError) in throw .rateLimited(retryAfter: .seconds(500)) }
        let outcome = try succeeded(await rig.run(model, ScriptedToolbox()))
        #expect(outcome.stopReason == .asked && time.monotonicNow() < .seconds(20))
    }

    @Test func cancellationIsNoOutcome() async throws {
        let rig = Rig()
        let model = ScriptedModel { _, _ throws(ModelError) in throw .cancelled }
        guard case .failure(.cancelled) = await rig.run(model, ScriptedToolbox()) else {
            Issue.record("not cancelled")
            return
        }
        #expect(try await rig.record().totals.open != nil)
    }

    // MARK: What the model is shown

    @Test(arguments: ToolStyle.allCases) func nothingSecretIsStoredOrSent(style: ToolStyle) async throws {
        var rig = Rig(style: style)
        let secret = "hunter2-secret"
        rig.redact = { $0.replacing(secret, with: "[redacted]") }
        let toolbox = ScriptedToolbox { _ throws(ToolError) in
            Observation(text: "password: \(secret)", metadata: ["env": .string(secret)])
        }
        let model = ScriptedModel { request, number throws(ModelError) in
            let text = number == 0 ? "exec_shell(\"echo \(secret)\")" : "submit(\"No\")"
            return reply(text, to: request)
        }
        _ = try succeeded(await rig.run(model, toolbox))
        #expect(model.requests.count == 2)
        #expect(!model.requests.contains { "\($0)".contains(secret) })
        #expect("\(model.requests[1])".contains("echo [redacted]"))
        #expect(!rig.journal.flushes.contains { String(decoding: $0.bytes, as: UTF8.self).contains(secret) })
    }

    @Test(arguments: ToolStyle.allCases) func observationsAreBoundedAndOldOnesMakeRoom(style: ToolStyle) async throws {
        var rig = Rig(style: style)
        rig.limits.observationBytes = 4000
        rig.limits.contextBytes = 20_000
        let toolbox = ScriptedToolbox { _ throws(ToolError) in
            Observation(text: String(repeating: "x", count: 100_000))
        }
        let model = ScriptedModel { request, number throws(ModelError) in
            let call = number < 9 ? "exec_shell(\"kubectl get po\")" : "submit(\"No\")"
            return reply(call, to: request)
        }
        _ = try succeeded(await rig.run(model, toolbox))
        for request in model.requests {
            #expect(request.messages.reduce(0) { $0 + $1.content.utf8.count } < 20_000)
            #expect(request.messages.first?.role == .system)
        }
        let last = try #require(model.requests.last?.messages.last?.content)
        #expect(last.contains("of 100000 bytes were left out"))
    }

    @Test(arguments: AgentTask.Kind.allCases, Strategy.allCases)
    func promptsSayWhatIsNeeded(kind: AgentTask.Kind, strategy: Strategy) throws {
        let toolbox = ScriptedToolbox()
        let task = AgentTask(
            kind: kind, application: "shop", namespace: "ns-1", description: "A shop.", operations: ["buy"])
        let prompts = PromptBuilder(task: task, strategy: strategy, tools: toolbox.tools, maxSteps: 7)
        #expect(prompts.system.contains("exec_shell(command: str)") && prompts.system.contains("submit("))
        #expect(prompts.system.contains("get_logs(") == (strategy == .react))
        #expect(prompts.system.contains("Thought:") == (strategy == .react))
        #expect(prompts.opening.contains("Namespace: ns-1") && prompts.opening.contains("at most 7 actions"))
        #expect(prompts.opening.contains("Network/Storage Issue") == (kind == .analysis))

        var native = prompts
        native.style = .native
        #expect(native.opening == prompts.opening)
        let told = native.system + native.definitions.map(\.description).joined()
        for word in ["```", "code block", "quoted", "Action:", "submit(", "exec_shell("] {
            #expect(!told.contains(word), "\(word)")
        }
        #expect(native.system.contains("must not wait for input") && native.system.contains("exactly one tool"))
        #expect(
            native.definitions.map(\.name) == (strategy == .react ? ["exec_shell", "get_logs"] : ["exec_shell"])
                + ["submit"])
        let shell = try #require(native.definitions.first).parameters
        #expect(
            shell == [
                "type": "object", "additionalProperties": false, "required": ["command"],
                "properties": ["command": ["type": "string", "description": "the command to run."]],
            ])
        let submit = try #require(native.definitions.last).parameters
        let required: [AgentTask.Kind: JSONValue] = [.detection: ["has_anomaly"], .localization: ["faulty_components"]]
        #expect(submit["required"] == required[kind] ?? [])
        #expect(submit["properties"]?.objectValue?.isEmpty == (kind == .mitigation))
    }

    /// An agent is never told to call what it may not: neither at first nor when its reply could not be read.
    @Test(arguments: [[], ["get_logs"], ["exec_shell"], ["exec_shell", "get_logs"]] as [[String]])
    func examplesAreOfWhatTheAgentMayCall(names: [String]) async throws {
        let toolbox = ScriptedToolbox(only: names)
        let rig = Rig()
        let model = ScriptedModel { request, number throws(ModelError) in
            ScriptedModel.reply(number == 0 ? "hm" : ScriptedModel.action("submit(\"No\")"), to: request)
        }
        let outcome = try succeeded(await rig.run(model, toolbox))
        #expect(outcome.stopReason == .submitted && outcome.formatErrors == 1)
        let told = try #require(model.requests.last).messages.filter { $0.role != .assistant }.map(\.content)
        let rejection = try #require(told.last)
        #expect(told.count == 3 && rejection.hasPrefix("Format error: "))
        for name in ["exec_shell", "get_logs"] {
            #expect(told.contains { $0.contains(name) } == names.contains(name), "\(name)")
            #expect(rejection.contains(name) == names.contains(name), "\(name)")
        }
        #expect(told[0].contains("quoted string") == names.contains("exec_shell"))
        let parts = rejection.split(separator: "```", omittingEmptySubsequences: false)
        let blocks = parts.indices.filter { !$0.isMultiple(of: 2) }.map { "```\(parts[$0])```" }
        let shown = try blocks.map { try ActionParser(names: names).parse($0).name }
        #expect(!shown.isEmpty && Set(shown).isSubset(of: names.isEmpty ? ["submit"] : Set(names)))
    }

    /// What is left of a run that was cancelled is what its record says.
    @Test(arguments: [false, true], ToolStyle.allCases)
    func whatACutRunHadComeToIsInItsRecord(hasSubmitted: Bool, style: ToolStyle) async throws {
        let rig = Rig(style: style)
        let toolbox = ScriptedToolbox()
        let model = ScriptedModel { request, number throws(ModelError) in
            if !hasSubmitted, number == 2 { throw .cancelled }
            let call = hasSubmitted && number == 1 ? "submit(\"No\")" : "exec_shell(\"kubectl get svc\")"
            return reply(call, to: request)
        }
        _ = await rig.run(model, toolbox)
        let outcome = try await rig.agentRun(model, toolbox).outcomeSoFar()
        #expect(outcome.stopReason == (hasSubmitted ? .submitted : .asked))
        #expect(outcome.submission?.value == (hasSubmitted ? "No" : nil))
        #expect(outcome.steps == 2)
    }

    @Test(
        arguments: [
            (AgentTask.Kind.detection, "submit(has_anomaly=\"No\")", "No"),
            (.localization, "submit([\"a\", \"b\"])", ["a", "b"]), (.localization, "submit(\"a\")", ["a"]),
            (.localization, "submit(faulty_components=[])", []),
            (
                .analysis, "submit({\"system_level\": \"x\", \"fault_type\": \"y\"})",
                ["system_level": "x", "fault_type": "y"]
            ),
            (.analysis, "submit()", nil), (.mitigation, "submit()", nil),
        ] as [(AgentTask.Kind, String, JSONValue?)], ToolStyle.allCases)
    func submissions(answer: (kind: AgentTask.Kind, call: String, value: JSONValue?), style: ToolStyle) async throws {
        let (kind, call, value) = answer
        var rig = Rig(style: style)
        rig.kind = kind
        let model = ScriptedModel { request, _ throws(ModelError) in
            reply(call, to: request)
        }
        let outcome = try succeeded(await rig.run(model, ScriptedToolbox()))
        #expect(outcome.submission == Submission(kind: kind, value: value))
        #expect(outcome.steps == 1)
    }

    @Test(
        arguments: [
            (AgentTask.Kind.detection, "submit()"), (.detection, "submit(True)"), (.localization, "submit({})"),
            (.localization, "submit([1])"), (.analysis, "submit(\"x\")"), (.analysis, "submit({\"system_level\": 1})"),
            (.mitigation, "submit(\"done\")"), (.detection, "submit(\"Yes\", \"No\")"),
            (.detection, "submit(answer=\"Yes\")"),
        ], ToolStyle.allCases)
    func misshapenSubmissionsAreFormatErrors(
        answer: (kind: AgentTask.Kind, call: String), style: ToolStyle
    ) async throws {
        let (kind, call) = answer
        var rig = Rig(style: style)
        rig.kind = kind
        let model = ScriptedModel { request, _ throws(ModelError) in
            reply(call, to: request)
        }
        let outcome = try succeeded(await rig.run(model, ScriptedToolbox()))
        #expect(outcome.stopReason == .formatErrors && outcome.submission == nil)
    }
}
