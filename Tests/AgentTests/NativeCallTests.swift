import Agent
import Conversations
import JSON
import LanguageModelTesting
import LanguageModels
import Primitives
import Testing

/// Runs whose tools are offered natively, where that makes a difference.
struct NativeCallTests {
    /// A reply with these calls first, then a submission.
    private func model(_ calls: [ToolCall], saying text: String = "look", reasoning: [JSONValue] = []) -> ScriptedModel
    {
        ScriptedModel { request, number throws(ModelError) in
            guard number == 0 else { return reply("submit(\"No\")", to: request) }
            var first = ScriptedModel.reply(text, to: request)
            first.toolCalls = calls
            first.reasoning = reasoning
            return first
        }
    }

    private static func shell(_ id: String, _ command: String) -> ToolCall {
        ToolCall(id: id, name: "exec_shell", arguments: JSONValue.object(["command": .string(command)]).text)
    }

    @Test(arguments: [Strategy.react, .shell])
    func toolsAreOfferedAndCallsGoBackWithTheirResults(strategy: Strategy) async throws {
        var rig = Rig(style: .native)
        rig.strategy = strategy
        let model = model([Self.shell("c1", "ls")])
        let toolbox = ScriptedToolbox()
        let outcome = try succeeded(await rig.run(model, toolbox))
        #expect(outcome.steps == 2 && outcome.formatErrors == 0 && toolbox.performed.count == 1)
        let names = strategy == .react ? ["exec_shell", "get_logs", "submit"] : ["exec_shell", "submit"]
        #expect(model.requests.allSatisfy { $0.tools.map(\.name) == names })
        let sent = try #require(model.requests.last)
        expectPairs(sent)
        #expect(sent.messages.map(\.role) == [.system, .user, .assistant, .tool])
        #expect(sent.messages[2].content == "look" && sent.messages[2].toolCalls == [Self.shell("c1", "ls")])
        #expect(sent.messages[3].content == "did \"ls\"" && sent.messages[3].toolCallID == "c1")
        let recorded = try await rig.record().messages
        #expect(recorded[2].toolCalls == [MessageCall(id: "c1", name: "exec_shell", arguments: #"{"command":"ls"}"#)])
        #expect(recorded[2].functionName == "exec_shell" && recorded[2].functionArguments == ["command": "ls"])
        #expect(recorded[3].role == .tool && recorded[3].toolCallID == "c1")
    }

    /// What the later ones were to build upon had not been seen when they were called.
    @Test(arguments: [2, 3, 5]) func ofSeveralCallsTheFirstAloneIsRun(count: Int) async throws {
        let rig = Rig(style: .native)
        let calls = (1...count).map { Self.shell("c\($0)", "kubectl delete pod \($0)") }
        let model = model(calls)
        let toolbox = ScriptedToolbox()
        let outcome = try succeeded(await rig.run(model, toolbox))
        #expect(outcome.steps == 2 && outcome.formatErrors == 0)
        #expect(toolbox.performed.map { $0.string("command", at: 0) } == ["kubectl delete pod 1"])
        let sent = try #require(model.requests.last)
        expectPairs(sent)
        let results = sent.messages.filter { $0.role == .tool }
        #expect(results.map(\.toolCallID) == calls.map(\.id))
        #expect(results[0].content.contains("did"))
        #expect(results.dropFirst().allSatisfy { $0.content.hasPrefix("Not run: only one call per turn is run") })
        #expect(try await rig.record().messages[2].metadata["calls"] == .integer(Int64(count)))
    }

    static let unreadable: [([ToolCall], String)] = [
        ([ToolCall(id: "c", name: "exec_shell", arguments: "{\"command\":")], "not JSON"),
        ([ToolCall(id: "c", name: "exec_shell", arguments: "[\"ls\"]")], "not an object"),
        ([ToolCall(id: "c", name: "exec_shell", arguments: "")], "not JSON"),
        ([ToolCall(id: "c", name: "get_weather", arguments: "{}")], "no action named get_weather"),
        ([ToolCall(id: "c", name: "", arguments: "{}")], "no action named unnamed"),
        ([ToolCall(id: "c", name: "a.b\u{e9}\n", arguments: "{}")], "no action named a_b__"),
        ([shell("c", String(repeating: "x", count: 9_000))], "longer than 8192 bytes"),
        ([shell("c", String(repeating: "\u{1}", count: 8_000))], "longer than 8192 bytes"),
        ([ToolCall(id: "c", name: "submit", arguments: "{\"answer\":\"Yes\"}")], "submit takes one argument"),
        ([ToolCall(id: "c", name: "bad", arguments: "{}"), shell("d", "ls")], "no action named bad"),
        ([], "no tool was called"),
    ]

    /// Nothing is run, no step is counted, and the model hears of it where it expects a result.
    @Test(arguments: unreadable) func whatCannotBeReadIsAFormatError(calls: [ToolCall], problem: String) async throws {
        let rig = Rig(style: .native)
        let model = model(calls)
        let toolbox = ScriptedToolbox()
        let outcome = try succeeded(await rig.run(model, toolbox))
        #expect(outcome.steps == 1 && outcome.formatErrors == 1 && toolbox.performed.isEmpty)
        let sent = try #require(model.requests.last)
        expectPairs(sent)
        let told = try #require(sent.messages.dropFirst(3).first)
        #expect(told.role == (calls.isEmpty ? .user : .tool) && told.toolCallID == calls.first?.id)
        #expect(told.content.hasPrefix("Format error: ") && told.content.contains(problem), "\(told.content)")
        #expect(told.content.contains("calls exactly one of them") && !told.content.contains("```"))
        #expect(sent.messages.count == 3 + max(1, calls.count))
    }

    /// A quoted command is not one that was called.
    @Test func aCodeBlockIsNoCall() async throws {
        let rig = Rig(style: .native)
        let model = model([], saying: ScriptedModel.action("exec_shell(\"kubectl delete pod x\")"))
        let toolbox = ScriptedToolbox()
        let outcome = try succeeded(await rig.run(model, toolbox))
        #expect(outcome.formatErrors == 1 && outcome.steps == 1 && toolbox.performed.isEmpty)
    }

    /// However long the history, what is sent is whole turns, the prompts first; and it fits.
    @Test(arguments: [1, 3], [4_000, 12_000, 40_000])
    func aCutNeverPartsACallFromItsResult(parallel: Int, limit: Int) async throws {
        var rig = Rig(style: .native)
        rig.limits.contextBytes = limit
        rig.limits.observationBytes = 800
        let model = ScriptedModel { request, number throws(ModelError) in
            if number == 20 { return reply("submit(\"No\")", to: request) }
            var said = ScriptedModel.reply(String(repeating: "so ", count: 200), to: request)
            said.toolCalls = (0..<parallel).map { Self.shell("c\(number)-\($0)", "kubectl get pods") }
            // A reply that cannot be read now and then.
            if number % 5 == 3 { said.toolCalls = [] }
            return said
        }
        let toolbox = ScriptedToolbox { _ throws(ToolError) in Observation(text: String(repeating: "x", count: 700)) }
        let outcome = try succeeded(await rig.run(model, toolbox))
        #expect(outcome.stopReason == .submitted && outcome.formatErrors == 4)
        for request in model.requests {
            expectPairs(request)
            #expect(request.messages.prefix(2).map(\.role) == [.system, .user])
            #expect(request.messages[1].content.contains("Task type: detection"))
            #expect(request.messages.reduce(0) { $0 + $1.content.utf8.count } < max(limit, 6_000))
        }
        let last = try #require(model.requests.last)
        let isCut = last.messages[1].content.contains("turns were left out here to save space")
        #expect(isCut == (limit < 15_000))
        if limit > 10_000 {
            #expect(last.messages.contains { $0.content == "[left out to save space, 700 bytes]" } == (limit < 40_000))
        }
        #expect(last.messages.last { $0.role == .tool && $0.content.hasPrefix("xxx") } != nil)
    }

    /// A run that is taken up goes on as it has begun, whatever would be chosen today.
    @Test(arguments: ToolStyle.allCases) func aRunKeepsItsStyle(style: ToolStyle) async throws {
        var rig = Rig(style: style)
        rig.journal.crash(.after, at: 4)
        let model = scripted()
        guard case .failure = await rig.run(model, ScriptedToolbox()) else {
            Issue.record("did not crash")
            return
        }
        rig.style = style == .native ? .codeBlock : .native
        let outcome = try succeeded(await rig.run(model, ScriptedToolbox()))
        #expect(outcome.submission?.value == "Yes" && outcome.steps == 5 && outcome.formatErrors == 1)
        #expect(model.requests.allSatisfy { $0.tools.isEmpty == (style == .codeBlock) })
        for request in model.requests { expectPairs(request) }
    }

    /// Written before there were native calls, and so without a word about them.
    @Test func anOlderRecordIsReadAsCodeBlocks() async throws {
        let rig = Rig(style: .native)
        var record = ConversationRecord(identity: "uid-1", redact: { $0 })
        let now = Timestamp(seconds: 1_800_000_000)
        rig.journal.plant(
            record.append([
                ConversationMessage(timestamp: now, role: .system, content: "s", metadata: ["phase": "prompt"]),
                ConversationMessage(timestamp: now, role: .user, content: "u", metadata: ["phase": "prompt"]),
            ]))
        rig.journal.plant(
            record.append([
                ConversationMessage(
                    timestamp: now, role: .assistant, content: ScriptedModel.action("exec_shell(\"ls\")"))
            ]))
        let model = scripted()
        let toolbox = ScriptedToolbox()
        let outcome = try succeeded(await rig.run(model, toolbox))
        #expect(outcome.stopReason == .submitted && toolbox.performed.first?.name == "exec_shell")
        #expect(model.requests.allSatisfy { $0.tools.isEmpty })
    }

    /// Servers that give no ids, the same ones again, or far too much.
    @Test(arguments: ["", "same", "a b", "sk-secret-in-an-id", String(repeating: "i", count: 300)])
    func everyCallHasAnIDOfItsOwn(id: String) async throws {
        var rig = Rig(style: .native)
        rig.redact = { $0.replacing("secret", with: "[redacted]") }
        let model = ScriptedModel { request, number throws(ModelError) in
            if number == 3 { return reply("submit(\"No\")", to: request) }
            var said = ScriptedModel.reply("", to: request)
            said.toolCalls = [Self.shell(id, "ls"), Self.shell(id, "ls")]
            return said
        }
        let outcome = try succeeded(await rig.run(model, ScriptedToolbox()))
        #expect(outcome.steps == 4)
        for request in model.requests { expectPairs(request) }
        let ids = try await rig.record().messages.flatMap(\.toolCalls).map(\.id)
        #expect(Set(ids).count == 7 && ids.allSatisfy { $0.utf8.count < 300 && !$0.contains("secret") })
        #expect(ids.contains("same") == (id == "same"))
    }

    /// Behind an escape a secret is one as well.
    @Test(arguments: [#"{"command":"echo hunter2"}"#, #"{"command":"echo h\u0075nter2"}"#, #"{"command":"hunter2"#])
    func noSecretIsInACall(arguments: String) async throws {
        var rig = Rig(style: .native)
        rig.redact = { $0.replacing("hunter2", with: "[redacted]") }
        let model = model(
            [ToolCall(id: "c", name: "exec_shell", arguments: arguments)], reasoning: [["thinking": "hunter2"]])
        _ = try succeeded(await rig.run(model, ScriptedToolbox()))
        let sent = try #require(model.requests.last)
        #expect("\(sent)".contains("[redacted]"))
        let stored = String(decoding: rig.journal.flushes.flatMap(\.bytes), as: UTF8.self)
        for word in ["hunter2", "u0075nter2"] {
            #expect(!"\(sent)".contains(word) && !stored.contains(word), "\(word)")
        }
        // Its signature would no longer hold.
        #expect(sent.messages.allSatisfy { $0.reasoning.isEmpty })
    }

    /// Where it is small enough to be kept.
    @Test(arguments: [10, 20_000]) func reasoningGoesBackAsItCame(size: Int) async throws {
        let rig = Rig(style: .native)
        let block: JSONValue = ["type": "thinking", "thinking": .string(String(repeating: "h", count: size))]
        let model = model([Self.shell("c", "ls")], reasoning: [block])
        _ = try succeeded(await rig.run(model, ScriptedToolbox()))
        #expect(model.requests.last?.messages[2].reasoning == (size < 100 ? [block] : []))
    }
}
