import Agent
import Conversations
import JSON
import LanguageModelTesting
import LanguageModels
import Primitives
import Testing

/// Replies that are paid and hold no action: what the agent is told of them, and when it is enough.
@Suite struct UselessReplyTests {
    private static func ended(
        _ text: String, _ finish: ModelReply.FinishReason, tokens: Int64 = 50, to request: ModelRequest
    ) -> ModelReply {
        var reply = ScriptedModel.reply(text, to: request)
        reply.finishReason = finish
        reply.usage.outputTokens = tokens
        return reply
    }

    private static func model(_ text: String, _ finish: ModelReply.FinishReason, tokens: Int64 = 50) -> ScriptedModel {
        ScriptedModel { request, _ throws(ModelError) in ended(text, finish, tokens: tokens, to: request) }
    }

    // MARK: Refusals

    @Test(arguments: ToolStyle.allCases, [ModelReply.FinishReason.refusal, .contentFilter])
    func aRefusalIsNeverAskedAgain(style: ToolStyle, finish: ModelReply.FinishReason) async throws {
        var rig = Rig(style: style)
        rig.redact = { $0.replacing("hunter2", with: "[redacted]") }
        let model = Self.model("I will not use\nhunter2.", finish)
        let outcome = try succeeded(await rig.run(model, ScriptedToolbox()))
        #expect(outcome.stopReason == .refused && outcome.submission == nil)
        #expect(outcome.steps == 0 && outcome.formatErrors == 0 && model.requests.count == 1)
        #expect(outcome.detail?.hasSuffix("“I will not use [redacted].”") == true, "\(outcome.detail ?? "")")
        // Nor by whoever comes after a crash.
        let writes = rig.journal.writes
        #expect(try succeeded(await rig.run(model, ScriptedToolbox())) == outcome)
        #expect(try await rig.agentRun(model, ScriptedToolbox()).outcomeSoFar() == outcome)
        #expect(rig.journal.writes == writes && model.requests.count == 1)
    }

    /// What it says besides is not done: nobody knows how much of it was taken away.
    @Test(arguments: ToolStyle.allCases) func nothingOfARefusalIsRun(style: ToolStyle) async throws {
        let rig = Rig(style: style)
        let toolbox = ScriptedToolbox()
        let model = ScriptedModel { request, number throws(ModelError) in
            var said = reply("exec_shell(\"ls\")", to: request)
            if number == 1 { said.finishReason = .refusal }
            return said
        }
        let outcome = try succeeded(await rig.run(model, toolbox))
        #expect(outcome.stopReason == .refused && outcome.steps == 1 && toolbox.performed.count == 1)
    }

    @Test func aLongRefusalIsQuotedInPart() async throws {
        let model = Self.model(String(repeating: "no ", count: 1_000), .refusal)
        let detail = try #require(try succeeded(await Rig().run(model, ScriptedToolbox())).detail)
        #expect((300..<400).contains(detail.unicodeScalars.count) && detail.hasSuffix("…”"))
    }

    @Test func aRefusalWithoutAWordIsSaidToBeOne() async throws {
        let outcome = try succeeded(await Rig().run(Self.model("", .contentFilter), ScriptedToolbox()))
        #expect(outcome.detail == "the provider's content filter ended the model's reply, without a word")
    }

    // MARK: Cut replies

    /// A reasoning model may use all its room before it says a word.
    @Test(
        arguments: ToolStyle.allCases,
        [
            ("and then", 50, "at its limit of 50 tokens", "raise spec.agent.model.maxTokens"),
            ("", 50, "at its limit of 50 tokens", "raise spec.agent.model.maxTokens"),
            ("and then", 7, "after 7 tokens, below its limit of 50", "window of the model's server"),
        ])
    func anAgentThatIsCutOffIsToldSoAndNotForEver(
        style: ToolStyle, reply: (text: String, tokens: Int64, told: String, advice: String)
    ) async throws {
        let rig = Rig(style: style)
        let model = Self.model(reply.text, .length, tokens: reply.tokens)
        let outcome = try succeeded(await rig.run(model, ScriptedToolbox()))
        #expect(outcome.stopReason == .cutReplies && outcome.steps == 0 && outcome.formatErrors == 3)
        #expect(model.requests.count == 3)
        let told = try #require(model.requests[1].messages.last?.content)
        #expect(
            told.hasPrefix("Your reply was cut off \(reply.told)") && told.contains("Answer much shorter"), "\(told)")
        let detail = try #require(outcome.detail)
        #expect(detail.contains("3 replies in a row were cut off") && detail.contains(reply.told), "\(detail)")
        #expect(detail.contains(reply.advice))
        #expect(try succeeded(await rig.run(model, ScriptedToolbox())) == outcome && model.requests.count == 3)
    }

    /// Of a native call that was cut in its arguments, what lacks is not what is wrong.
    @Test func aCallThatIsCutOffIsNoMalformedOne() async throws {
        let model = ScriptedModel { request, _ throws(ModelError) in
            var cut = Self.ended("", .length, to: request)
            cut.toolCalls = [
                ToolCall(id: "c\(request.messages.count)", name: "exec_shell", arguments: #"{"command":"ls"#)
            ]
            return cut
        }
        let outcome = try succeeded(await Rig(style: .native).run(model, ScriptedToolbox()))
        #expect(outcome.stopReason == .cutReplies && model.requests.count == 3)
        #expect(model.requests[1].messages.last?.content.hasPrefix("Your reply was cut off at") == true)
    }

    @Test func anActionThatIsWholeIsDoneWhereverTheReplyEnds() async throws {
        let model = ScriptedModel { request, _ throws(ModelError) in
            var cut = replay(request)
            cut.finishReason = .length
            return cut
        }
        let outcome = try succeeded(await Rig().run(model, ScriptedToolbox()))
        #expect(outcome.stopReason == .submitted && outcome.steps == 5 && outcome.formatErrors == 1)
    }

    @Test(arguments: ToolStyle.allCases) func aReplyWithoutEndIsToldToBeTooLong(style: ToolStyle) async throws {
        let model = Self.model(String(repeating: "so ", count: 40_000), .stop)
        let outcome = try succeeded(await Rig(style: style).run(model, ScriptedToolbox()))
        #expect(outcome.stopReason == .cutReplies && model.requests.count == 3)
        #expect(outcome.detail?.contains("the last one of 120000 bytes") == true, "\(outcome.detail ?? "")")
        #expect(
            model.requests[1].messages.last?.content.hasPrefix("Your reply was far too long (120000 bytes)") == true)
    }

    /// What stands behind the cut is not done, so the record neither names it nor counts it; a reply that names its model at
    /// length loses nothing by it.
    @Test(arguments: ToolStyle.allCases) func theRecordCountsTheStepsThatTheAgentTook(style: ToolStyle) async throws {
        let model = ScriptedModel { request, number throws(ModelError) in
            var said = replay(request)
            said.modelID = String(repeating: "m", count: 20_000)
            if number == 1 { said.content = String(repeating: "so ", count: 20_000) + said.content }
            return said
        }
        let rig = Rig(style: style)
        let outcome = try succeeded(await rig.run(model, ScriptedToolbox()))
        let record = try await rig.record()
        #expect(outcome.stopReason == .submitted && outcome.steps == (style == .native ? 5 : 4))
        #expect(record.totals.steps == outcome.steps && record.totals.calls == 6)
        let replies = record.messages.filter { $0.role == .assistant }
        #expect(replies[1].metadata["action"] == (style == .native ? "exec_shell" : "none"))
        #expect(replies.allSatisfy { $0.metadata["model"]?.stringValue?.utf8.count == 256 })
        #expect(rig.standings.withLock { $0 }.allSatisfy { $0.steps == $0.totals.steps })
    }

    // MARK: Empty replies

    @Test(arguments: ToolStyle.allCases, ["", " \n\t"])
    func emptyRepliesAreToldAndNotForEver(style: ToolStyle, text: String) async throws {
        let model = Self.model(text, .stop)
        let outcome = try succeeded(await Rig(style: style).run(model, ScriptedToolbox()))
        #expect(outcome.stopReason == .emptyReplies && outcome.formatErrors == 3 && model.requests.count == 3)
        #expect(outcome.detail?.contains("3 empty replies in a row") == true)
        #expect(model.requests[1].messages.last?.content.hasPrefix("Your reply was empty") == true)
    }

    /// Only what comes in a row is of one kind; of them all there are ten.
    @Test func anActionBetweenThemForgivesThem() async throws {
        let kinds: [ModelReply.FinishReason] = [.length, .length, .stop, .stop, .toolCalls, .length, .stop]
        let model = ScriptedModel { request, number throws(ModelError) in
            let finish = kinds[number % kinds.count]
            return finish == .toolCalls
                ? ScriptedModel.reply(ScriptedModel.action("exec_shell(\"ls\")"), to: request)
                : Self.ended("", finish, to: request)
        }
        var rig = Rig()
        rig.limits.maxSteps = 5
        let outcome = try succeeded(await rig.run(model, ScriptedToolbox()))
        #expect(outcome.stopReason == .stepLimit && outcome.detail == nil)
        let mixed = ScriptedModel { request, number throws(ModelError) in
            Self.ended("", number % 3 == 2 ? .stop : .length, to: request)
        }
        let ended = try succeeded(await Rig().run(mixed, ScriptedToolbox()))
        #expect(ended.stopReason == .formatErrors && mixed.requests.count == 10)
        #expect(ended.detail?.contains("10") == true)
    }
}
