import Agent
import Conversations
import LanguageModelTesting
import LanguageModels
import Primitives
import Testing

/// Money that somebody else hands out: every call is covered before it is reserved, and what is not is not made.
@Suite struct AllowanceTests {
    /// Covers up to a limit, and keeps what it was asked for.
    private final class Purse: Allowance {
        private let most: Int64
        private let fails: AllowanceError?
        private let asked = Locked<[Int64?]>([])

        init(most: Int64, fails: AllowanceError? = nil) {
            self.most = most
            self.fails = fails
        }

        var totals: [Int64?] { asked.withLock { $0 } }

        func cover(_ total: NanoDollars?) async throws(AllowanceError) -> Bool {
            asked.withLock { $0.append(total?.value) }
            if let fails { throw fails }
            return total.map { $0.value <= most } ?? false
        }
    }

    private struct Away: Error {}

    private static func run(_ model: ScriptedModel, _ purse: Purse) async -> Result<AgentOutcome, AgentError> {
        let run = AgentRun(
            identity: "uid-1",
            task: AgentTask(kind: .detection, application: "shop", namespace: "ns", description: "A shop."),
            strategy: .react, model: model, settings: ModelSettings(maxTokens: 50), toolbox: ScriptedToolbox(),
            journal: MemoryJournal(), limits: AgentLimits(maxSteps: 6), allowance: purse, time: SkippingTimeSource(),
            redact: { $0 })
        do { return .success(try await run.run()) } catch { return .failure(error) }
    }

    private static func looking(_ provider: String = "OpenAI") -> ScriptedModel {
        ScriptedModel(descriptor: ModelDescriptor(provider: provider, name: "gpt-4o-mini")) {
            request, _ throws(ModelError) in
            ScriptedModel.reply(ScriptedModel.action("exec_shell(\"kubectl get pods\")"), to: request)
        }
    }

    /// Each time for what was charged so far and the worst case of the call that is next.
    @Test func everyCallIsCoveredBeforeItIsMade() async throws {
        let (model, purse) = (Self.looking(), Purse(most: .max))
        let outcome = try await Self.run(model, purse).get()
        #expect(outcome.stopReason == .stepLimit && model.requests.count == 6)
        let totals = purse.totals.compactMap(\.self)
        #expect(totals.count == 6 && totals == totals.sorted() && totals.first ?? 0 > 0)
        #expect(outcome.totals.chargedNanoUSD <= totals.last ?? 0)
    }

    @Test func aCallThatIsNotCoveredIsNotMade() async throws {
        let wide = Purse(most: .max)
        _ = await Self.run(Self.looking(), wide)
        let third = try #require(wide.totals[2])
        let (model, purse) = (Self.looking(), Purse(most: third - 1))
        let outcome = try await Self.run(model, purse).get()
        #expect(outcome.stopReason == .poolBudget && model.requests.count == 2)
        #expect(outcome.totals.chargedNanoUSD < third)
    }

    /// Of a model that nobody can price it is asked without a sum.
    @Test func anUnknownPriceIsAskedForAsSuch() async throws {
        let (model, purse) = (Self.looking("OpenAICompatible"), Purse(most: .max))
        let outcome = try await Self.run(model, purse).get()
        #expect(outcome.stopReason == .poolBudget && model.requests.isEmpty && purse.totals == [nil])
    }

    @Test func whoCannotBeAskedEndsTheRunWithoutACall() async {
        let model = Self.looking()
        let purse = Purse(most: 0, fails: .unavailable("away", cause: Away()))
        guard case .failure(.allowance(let error)) = await Self.run(model, purse) else {
            Issue.record("it went on"); return
        }
        #expect(error.isRetryable && model.requests.isEmpty)
    }
}
