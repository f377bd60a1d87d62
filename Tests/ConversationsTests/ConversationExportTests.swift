import Conversations
import JSON
import Primitives
import Testing

/// One short run, with an interruption in it, in every format.
@Suite struct ConversationExportTests {
    private static let start = Timestamp(microseconds: 1_800_000_000_250_000)

    private static func said(
        _ role: ConversationMessage.Role, _ content: String, phase: String, after seconds: Int64
    ) -> ConversationMessage {
        ConversationMessage(
            timestamp: start + .seconds(seconds), role: role, content: content, metadata: ["phase": .string(phase)])
    }

    private static func record(priceIsKnown: Bool = true) -> ConversationRecord {
        var record = ConversationRecord(identity: "uid-1", redact: { $0 })
        var action = said(.assistant, "I look.\n```\nexec_shell(\"kubectl get pods\")\n```", phase: "agent", after: 2)
        action.functionName = "exec_shell"
        action.functionArguments = ["command": "kubectl get pods"]
        action.metadata["step"] = 1
        action.metadata["model"] = "gpt-4o-mini-2024"
        action.usage = MessageUsage(inputTokens: 100, outputTokens: 20, cacheReadTokens: 60)
        action.cost = MessageCost(inputNanoUSD: 15_000, outputNanoUSD: 12_000, totalNanoUSD: 27_000, source: "table")
        var observation = said(.function, "web 0/1", phase: "observation", after: 3)
        observation.functionName = "exec_shell"
        var submission = said(.assistant, "```\nsubmit(\"Yes\")\n```", phase: "agent", after: 5)
        submission.functionName = "submit"
        submission.functionArguments = "Yes"
        submission.metadata["action"] = "submit"
        submission.usage = MessageUsage(inputTokens: 150, outputTokens: 5)
        if priceIsKnown {
            submission.cost = MessageCost(inputNanoUSD: 1, outputNanoUSD: 2, totalNanoUSD: 3, source: "table")
        }
        _ = record.append([
            said(.system, "You are an SRE.", phase: "prompt", after: 0),
            said(.user, "Find it.", phase: "prompt", after: 0),
            said(.system, "The run goes on after an interruption.", phase: "notice", after: 1), action, observation,
            submission,
        ])
        return record
    }

    /// Two calls in one reply, of which one was run, and one that could not be read.
    private static func nativeRecord() -> ConversationRecord {
        var record = ConversationRecord(identity: "uid-1", redact: { $0 })
        var action = said(.assistant, "I look.", phase: "agent", after: 2)
        action.toolCalls = [
            MessageCall(id: "c1", name: "exec_shell", arguments: #"{"command":"kubectl get pods","timeout":null}"#),
            MessageCall(id: "c2", name: "get_logs", arguments: "{bad"),
        ]
        action.functionName = "exec_shell"
        action.functionArguments = ["command": "kubectl get pods"]
        var observation = said(.tool, "web 0/1", phase: "observation", after: 3)
        observation.functionName = "exec_shell"
        observation.toolCallID = "c1"
        var declined = said(.tool, "Not run.", phase: "notRun", after: 3)
        declined.functionName = "get_logs"
        declined.toolCallID = "c2"
        var submission = said(.assistant, "", phase: "agent", after: 5)
        submission.toolCalls = [MessageCall(id: "c3", name: "submit", arguments: #"{"has_anomaly":"Yes"}"#)]
        submission.functionName = "submit"
        submission.metadata["action"] = "submit"
        _ = record.append([
            said(.system, "You are an SRE.", phase: "prompt", after: 0),
            said(.user, "Find it.", phase: "prompt", after: 0), action, observation, declined, submission,
        ])
        return record
    }

    private static let nativeExport = ConversationExport(
        nativeRecord().messages, facts: ExportFacts(sessionID: "uid-1", task: "demo/a", agent: "React"))

    @Test func nativeCallsAreTrainedOnAsTheModelMadeThem() throws {
        let messages = try #require(try Self.value(.training, of: Self.nativeExport)["messages"]?.arrayValue)
        #expect(messages.map { $0["role"] } == ["system", "user", "assistant", "tool", "tool", "assistant"])
        #expect(
            messages[2] == [
                "role": "assistant", "content": "I look.",
                "tool_calls": [
                    [
                        "id": "c1", "type": "function",
                        "function": [
                            "name": "exec_shell",
                            "arguments": #"{"command":"kubectl get pods","timeout":null}"#,
                        ],
                    ], ["id": "c2", "type": "function", "function": ["name": "get_logs", "arguments": "{bad"]],
                ],
            ])
        #expect(
            messages[3] == ["role": "tool", "content": "web 0/1", "name": "exec_shell", "tool_call_id": "c1"])
        #expect(messages[4]["tool_call_id"] == "c2" && messages[5]["content"] == "")
    }

    @Test func nativeCallsHaveTheirResultsInTheirStep() throws {
        let steps = try #require(try Self.value(.atif, of: Self.nativeExport)["steps"]?.arrayValue)
        #expect(steps.map { $0["source"] } == ["system", "user", "agent", "agent"])
        #expect(
            steps[2]["tool_calls"] == [
                [
                    "tool_call_id": "c1", "function_name": "exec_shell",
                    "arguments": ["command": "kubectl get pods", "timeout": nil],
                ], ["tool_call_id": "c2", "function_name": "get_logs", "arguments": ["value": "{bad"]],
            ])
        #expect(
            steps[2]["observation"]?["results"] == [
                ["source_call_id": "c1", "content": "web 0/1"], ["source_call_id": "c2", "content": "Not run."],
            ])
        #expect(steps[3]["tool_calls"]?[0]?["arguments"] == ["has_anomaly": "Yes"])
    }

    @Test func nativeCallsAreReadable() throws {
        let trace = try #require(try Self.value(.aiopslab, of: Self.nativeExport)["trace"]?.arrayValue)
        #expect(
            trace.first?["content"]?.stringValue
                == "I look.\n```\nexec_shell(command=\"kubectl get pods\", timeout=None)\n```\n"
                + "```\nget_logs(value=\"{bad\")\n```")
        #expect(trace.last == ["role": "env", "content": "1"])
        #expect(trace[3]["content"] == "```\nsubmit(has_anomaly=\"Yes\")\n```")
        let text = String(decoding: Self.nativeExport.bytes(as: .text), as: UTF8.self)
        #expect(text.contains("\nI look.\n→ exec_shell {\"command\":\"kubectl get pods\",\"timeout\":null}\n"))
        #expect(Self.nativeRecord().preview().last?.content == "→ submit {\"has_anomaly\":\"Yes\"}")
    }

    private static let tools = [
        ExportTool(name: "exec_shell", description: "runs", parameters: ["a": 1]),
        ExportTool(name: "submit", description: "ends", parameters: [:]),
    ]

    private static func export(
        success: Bool? = true, priceIsKnown: Bool = true
    ) -> ConversationExport {
        ConversationExport(
            record(priceIsKnown: priceIsKnown).messages,
            facts: ExportFacts(
                sessionID: "uid-1", task: "demo/a", agent: "React", version: "0.1.0", provider: "OpenAI",
                model: "gpt-4o-mini", problemID: "p-1", tools: Self.tools, startedAt: start,
                endedAt: start + .seconds(5), success: success, verdict: success.map { $0 ? "Passed" : "Failed" },
                scores: ["b": "2", "a": "1"]))
    }

    private static func value(_ format: ExportFormat, of export: ConversationExport) throws -> JSONValue {
        let bytes = export.bytes(as: format)
        #expect(bytes.last == UInt8(ascii: "\n") && bytes.count { $0 == UInt8(ascii: "\n") } == 1, "one line")
        return try JSONValue(parsing: bytes)
    }

    @Test func aSessionOfAIOpsLabHasItsKeysAndNothingElse() throws {
        let value = try Self.value(.aiopslab, of: Self.export())
        #expect(
            value == [
                "agent": "React", "session_id": "uid-1", "problem_id": "p-1",
                "start_time": .number("1800000000.250000"),
                "end_time": .number("1800000005.250000"),
                "trace": [
                    ["role": "assistant", "content": "I look.\n```\nexec_shell(\"kubectl get pods\")\n```"],
                    ["role": "env", "content": "web 0/1"],
                    ["role": "assistant", "content": "```\nsubmit(\"Yes\")\n```"],
                    ["role": "env", "content": "1"],
                ],
                "results": ["verdict": "Passed", "success": true, "a": "1", "b": "2"],
            ])
    }

    @Test func aTrajectoryPutsWhatCameBackIntoTheStepThatAsked() throws {
        let value = try Self.value(.atif, of: Self.export())
        #expect(value["schema_version"] == "ATIF-v1.7" && value["session_id"] == "uid-1")
        #expect(value["agent"]?["name"] == "React" && value["agent"]?["model_name"] == "gpt-4o-mini")
        let steps = try #require(value["steps"]?.arrayValue)
        #expect(steps.map { $0["step_id"] } == [1, 2, 3, 4])
        #expect(steps.map { $0["source"] } == ["system", "user", "agent", "agent"])
        let call = try #require(steps[2]["tool_calls"]?[0])
        #expect(call["function_name"] == "exec_shell" && call["arguments"] == ["command": "kubectl get pods"])
        let result = try #require(steps[2]["observation"]?["results"]?[0])
        #expect(result["source_call_id"] == call["tool_call_id"] && result["content"] == "web 0/1")
        #expect(
            steps[2]["metrics"] == [
                "prompt_tokens": 100, "completion_tokens": 20, "cached_tokens": 60, "cost_usd": .number("0.000027000"),
            ])
        #expect(steps[3]["tool_calls"]?[0]?["arguments"] == ["value": "Yes"] && steps[3]["observation"] == nil)
        #expect(
            value["final_metrics"] == [
                "total_prompt_tokens": 250, "total_completion_tokens": 25, "total_cached_tokens": 60, "total_steps": 4,
                "total_cost_usd": .number("0.000027003"),
            ])
    }

    @Test func aSumThatLacksAPriceIsNotGiven() throws {
        let value = try Self.value(.atif, of: Self.export(priceIsKnown: false))
        let metrics = try #require(value["final_metrics"]?.objectValue)
        #expect(metrics["total_cost_usd"] == nil && metrics["total_prompt_tokens"] == 250)
    }

    @Test(arguments: [(true, JSONValue.integer(1)), (false, .integer(0)), (nil, .null)] as [(Bool?, JSONValue)])
    func theRewardIsTheVerdictAndNothingWithoutOne(success: Bool?, reward: JSONValue) throws {
        let value = try Self.value(.training, of: Self.export(success: success))
        #expect(value["reward"] == reward)
        #expect(
            value["messages"]?.arrayValue?.map { $0["role"] } == ["system", "user", "assistant", "tool", "assistant"])
        #expect(value["messages"]?[3] == ["role": "tool", "content": "web 0/1", "name": "exec_shell"])
        #expect(
            value["tools"] == [
                [
                    "type": "function",
                    "function": ["name": "exec_shell", "description": "runs", "parameters": ["a": 1]],
                ],
                ["type": "function", "function": ["name": "submit", "description": "ends", "parameters": [:]]],
            ])
    }

    /// Nothing is left out of the document: its messages are the stored lines but for their hashes.
    @Test func theDocumentHoldsEveryMessageAsItIsStored() throws {
        let value = try Self.value(.json, of: Self.export())
        let stored = try Self.record().entries.map { entry in
            var line = try JSONValue(parsing: entry.line)
            line["hash"] = nil
            return line
        }
        #expect(value["messages"] == .array(stored) && stored.count == 6)
        #expect(value["totals"]?["inputTokens"] == 250 && value["results"]?["verdict"] == "Passed")
    }

    @Test func theTextReadsFromTopToBottom() throws {
        let text = String(decoding: Self.export().bytes(as: .text), as: UTF8.self)
        #expect(text.hasPrefix("task demo/a, attempt 1, session uid-1\nagent React, model OpenAI gpt-4o-mini\n"))
        #expect(text.contains("\n── #4 · assistant · 2027-01-15T08:00:02Z · step 1 · exec_shell · 100 + 20 tokens"))
        #expect(text.contains(" · $0.000027000\nI look."))
        #expect(text.contains("── #3 · system") && text.hasSuffix("\n"))
    }

    /// One call that was lost, one whose tokens are an estimate, and one that nobody answered before the end.
    private static func lossy(
        priceIsKnown: Bool, hasEnded: Bool = true, isSimulated: Bool = false
    ) -> ConversationExport {
        func asking(_ words: String, _ tokens: Int64) -> ConversationMessage {
            var message = said(.user, words, phase: "prompt", after: 0)
            message.reservation = CallReservation(tokens: tokens, nanoUSD: priceIsKnown ? 1_000 : nil)
            return message
        }
        var record = ConversationRecord(identity: "uid-1", redact: { $0 })
        var reply = said(.assistant, "I look.", phase: "agent", after: 2)
        reply.usage = MessageUsage(inputTokens: 100, outputTokens: 20, isEstimated: true)
        reply.cost = MessageCost(inputNanoUSD: 1, outputNanoUSD: 2, totalNanoUSD: 3, source: "table")
        if isSimulated { reply.metadata["simulated"] = true }
        var notice = said(.system, "The reply was lost.", phase: "notice", after: 1)
        notice.reservation = CallReservation(tokens: 300, nanoUSD: 7)
        _ = record.append([asking("Find it.", 500), notice, reply, asking("Go on.", 40)])
        return ConversationExport(
            record.messages,
            facts: ExportFacts(
                sessionID: "uid-1", task: "demo/a", agent: "React", startedAt: start,
                endedAt: hasEnded ? start + .seconds(5) : nil, verdict: "Failed"))
    }

    /// Whoever adds up bills by an export must not miss what may have been billed, nor take a guess for a figure.
    @Test(arguments: [true, false]) func lostCallsAndEstimatesAreInEveryBill(priceIsKnown: Bool) throws {
        let export = Self.lossy(priceIsKnown: priceIsKnown)
        let cost: JSONValue? = priceIsKnown ? .number("0.000002000") : .none
        let extra = try #require(try Self.value(.atif, of: export)["final_metrics"]?["extra"]?.objectValue)
        #expect(extra["lost_calls"] == 2 && extra["lost_tokens_at_most"] == 540 && extra["estimated"] == true)
        #expect(extra["lost_cost_usd_at_most"] == cost)
        let results = try #require(try Self.value(.aiopslab, of: export)["results"])
        #expect(results == ["verdict": "Failed", "lost_calls": 2, "lost_tokens_at_most": 540])
        let totals = try #require(try Self.value(.json, of: export)["totals"]?.objectValue)
        #expect(totals["calls"] == 1 && totals["costUSD"] == .number("0.000000003") && totals["estimated"] == true)
        #expect(totals["lostCalls"] == 2 && totals["lostTokens"] == 540 && totals["lostCostUSD"] == cost)
        let text = String(decoding: export.bytes(as: .text), as: UTF8.self)
        #expect(text.contains("\n1 calls, 100 + 20 tokens, $0.000000003, some of it estimated\n"), "\(text)")
        #expect(
            text.contains(
                "\n2 lost replies, perhaps billed: at most 540 tokens, "
                    + "\(priceIsKnown ? "$0.000002000" : "cost unknown")\n"), "\(text)")
        #expect(text.contains(" · 100 + 20 tokens, estimated · $"))
    }

    /// As in the table of tasks: it cost nothing, and of what measures nothing there is no estimate.
    @Test func aSimulatedRunHasNoBillToGuess() throws {
        let export = Self.lossy(priceIsKnown: true, isSimulated: true)
        #expect(try Self.value(.json, of: export)["totals"]?["estimated"] == nil)
        #expect(try Self.value(.atif, of: export)["final_metrics"]?["extra"]?["estimated"] == nil)
        let text = String(decoding: export.bytes(as: .text), as: UTF8.self)
        #expect(text.contains("\n1 calls, 100 + 20 tokens, $0 (simulated)\n") && !text.contains("estimated"), "\(text)")
    }

    /// What is under way in a conversation that goes on is not lost, and a bill without losses has no word of them.
    @Test func aCallUnderWayIsNotLost() throws {
        let export = Self.lossy(priceIsKnown: true, hasEnded: false)
        #expect(try Self.value(.atif, of: export)["final_metrics"]?["extra"]?["lost_calls"] == 1)
        #expect(try Self.value(.json, of: Self.export())["totals"]?["lostCalls"] == nil)
        #expect(try Self.value(.json, of: Self.export())["totals"]?["estimated"] == nil)
        #expect(!String(decoding: Self.export().bytes(as: .text), as: UTF8.self).contains("lost"))
    }

    /// Whatever was said, every format takes it, and the parsers take the formats.
    @Test(arguments: ExportFormat.allCases)
    func anythingCanBeExported(format: ExportFormat) throws {
        let texts = ["", "\n", "\"", "\u{0}", "👩‍👩‍👧", String(repeating: "x", count: 70_000)]
        for role in ConversationMessage.Role.allCases {
            var record = ConversationRecord(identity: "uid", redact: { $0 })
            _ = record.append(texts.map { ConversationMessage(timestamp: Self.start, role: role, content: $0) })
            let export = ConversationExport(
                record.messages, facts: ExportFacts(sessionID: "uid", task: "a", agent: "Shell"))
            let bytes = export.bytes(as: format)
            if format != .text { _ = try JSONValue(parsing: bytes) }
            #expect(bytes.last == UInt8(ascii: "\n"))
        }
    }
}
