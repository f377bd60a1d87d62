import Agent
import Conversations
import CurlTransport
import HTTP
import JSON
import LanguageModelTesting
import LanguageModels
import Lifecycle
import Primitives
import Telemetry
import Testing

/// A whole run of an agent over each wire format, whole and streamed, in both styles: what it sends is what the vendors take.
@Suite(.timeLimit(.minutes(2))) struct AgentOverWireTests {
    /// Several calls at once, arguments that are no JSON, words alone, and what an agent should say.
    private static func said(_ wire: Wire) -> [Said] {
        // Anthropic's whole answers hold an object, which cannot be malformed.
        let broken = wire.isAnthropic && !wire.streams ? #"{"a":1}"# : #"{"service":"#
        let name = wire.isAnthropic && !wire.streams ? "get_weather" : "get_logs"
        return [
            .twoCalls,
            Said(text: "é", calls: [ToolCall(id: "t3", name: name, arguments: broken)], finish: .calls),
            Said(text: "hm"),
            Said(calls: [ToolCall(id: "t4", name: "get_logs", arguments: #"{"service":"b"}"#)], finish: .calls),
            Said(calls: [ToolCall(id: "t5", name: "submit", arguments: #"{"has_anomaly":"Yes"}"#)], finish: .calls),
        ]
    }

    private static let inBlocks = [
        "```\nget_logs(service=\"a\")\n```", "```\nget_weather()\n```", "hm", "```\nget_logs(service=\"b\")\n```",
        "```\nsubmit(\"Yes\")\n```",
    ].map { Said(text: $0) }

    @Test(arguments: Wire.all, ToolStyle.allCases)
    func everyRequestIsOneThatTheVendorTakes(wire: Wire, style: ToolStyle) async throws {
        let talk = Conversation(wire: wire)
        let replies = style == .native ? Self.said(wire) : Self.inBlocks
        let server = try LoopbackModelServer { number in
            .init(pieces: [talk.http(wire.body(replies[min(number, replies.count - 1)]))])
        }
        let hands = Hands()
        let journal = Journal()
        let outcome = try await run(wire, style, at: server.baseURL, hands, journal)
        #expect(outcome.submission?.value == "Yes" && outcome.steps == 3 && outcome.formatErrors == 2)
        #expect(hands.done.withLock { $0 } == ["a", "b"])
        #expect(server.requests.count == 5 && outcome.totals.calls == 5)
        for request in server.requests {
            let body = try JSONValue(parsing: Array(request.body.utf8))
            #expect((body["tools"] != nil) == (style == .native))
            let problem = wire.isAnthropic ? Self.problemOfMessages(body) : Self.problemOfChat(body)
            #expect(problem == nil, "\(request.body)")
        }
        let record = try ConversationRecord(
            identity: "u-1", entries: ConversationRepair(journal.flushes.withLock { $0 }, identity: "u-1").entries
        ) { $0 }
        #expect(record.totals == outcome.totals)
    }

    /// What is of no use is paid as seldom as can be, and the run says which it was.
    @Test(
        arguments: Wire.all,
        [
            (Said.refused, 1, .refused, "“I will not do that.”"), (.filtered, 1, .refused, "“and so”"),
            (.cut, 3, .cutReplies, "after 5 tokens, below its limit of 4096"),
            (.nothing, 3, .emptyReplies, "3 empty replies"),
            (Said(text: String(repeating: "so ", count: 1 << 16)), 3, .cutReplies, "too long to be read"),
        ] as [(Said, Int, AgentOutcome.StopReason, String)])
    func whatIsOfNoUseIsNotPaidAgainAndAgain(
        wire: Wire, said: (said: Said, calls: Int, reason: AgentOutcome.StopReason, detail: String)
    ) async throws {
        for style in ToolStyle.allCases {
            let talk = Conversation(wire: wire)
            let answer = LoopbackModelServer.Answer(pieces: [talk.http(wire.body(said.said))])
            let server = try LoopbackModelServer { _ in answer }
            let outcome = try await run(wire, style, at: server.baseURL, Hands(), Journal())
            #expect(outcome.stopReason == said.reason && outcome.steps == 0)
            #expect(server.requests.count == said.calls && outcome.totals.calls == said.calls)
            #expect(outcome.detail?.contains(said.detail) == true, "\(outcome.detail ?? "")")
        }
    }

    /// Each try is one request, and whoever reads the end knows the status, the words, and how long it was tried.
    @Test(arguments: Wire.all, ["429 Too Many Requests", "529 Overloaded", "503 Unavailable"])
    func whatStaysRefusedIsToldWhole(wire: Wire, status: String) async throws {
        let talk = Conversation(wire: wire)
        let body = #"{"error":{"type":"t","message":"come back later"}}"#
        let answer = LoopbackModelServer.Answer(pieces: [talk.http(body, status: status, type: "application/json")])
        let server = try LoopbackModelServer { _ in answer }
        let failure = await #expect(throws: AgentError.self) {
            try await run(wire, .codeBlock, at: server.baseURL, Hands(), Journal())
        }
        let told = failure.map { "\($0)" } ?? ""
        #expect((15...24).contains(server.requests.count))
        #expect(told.contains("HTTP \(status.prefix(3)): come back later"), "\(told)")
        #expect(told.contains("tried \(server.requests.count) times, for 12"), "\(told)")
    }

    private func run(
        _ wire: Wire, _ style: ToolStyle, at baseURL: String, _ hands: Hands, _ journal: Journal
    ) async throws -> AgentOutcome {
        var settings = CurlConfiguration()
        settings.proxies = .none
        let transport = CurlTransport(configuration: settings)
        let time = SkippingTimeSource()
        let run = AgentRun(
            identity: "u-1",
            task: AgentTask(kind: .detection, application: "shop", namespace: "ns", description: "A shop."),
            strategy: .react, toolStyle: style,
            model: ProviderModel(wire.configuration(baseURL), transport: transport, time: time, seed: 1),
            toolbox: hands, journal: journal, time: time, redact: { $0 })
        return try await ServiceGroup([transport], logger: .disabled).run { () async throws -> AgentOutcome in
            try await run.run()
        }
    }

    // MARK: What the vendors refuse

    /// Behind a turn with calls stand their results, in its order, and nowhere else.
    private static func problemOfChat(_ body: JSONValue) -> String? {
        var awaited: [JSONValue] = []
        for message in body["messages"]?.arrayValue ?? [] {
            if message["role"] == "tool" {
                guard !awaited.isEmpty, message["tool_call_id"] == awaited.removeFirst() else { return "an orphan" }
                continue
            }
            if !awaited.isEmpty { return "no result for \(awaited)" }
            awaited = (message["tool_calls"]?.arrayValue ?? []).compactMap { $0["id"] }
        }
        return awaited.isEmpty ? nil : "no result for \(awaited)"
    }

    /// Sides alternate, and the user's turn behind one with calls begins with all their results.
    private static func problemOfMessages(_ body: JSONValue) -> String? {
        var awaited: [JSONValue] = []
        var side: JSONValue?
        for turn in body["messages"]?.arrayValue ?? [] {
            if turn["role"] == side { return "two turns of one side" }
            side = turn["role"]
            let blocks = turn["content"]?.arrayValue ?? []
            let results = blocks.prefix { $0["type"] == "tool_result" }.compactMap { $0["tool_use_id"] }
            if results != awaited || blocks.filter({ $0["type"] == "tool_result" }).count != results.count {
                return "results of \(results) for \(awaited)"
            }
            awaited = blocks.filter { $0["type"] == "tool_use" }.compactMap { $0["id"] }
            if blocks.contains(where: { $0["type"] == "tool_use" && $0["input"]?.objectValue == nil }) {
                return "no object"
            }
            if blocks.isEmpty || blocks.contains(where: { $0["text"] == "" }) { return "an empty text" }
        }
        return awaited.isEmpty ? nil : "no result for \(awaited)"
    }

    // MARK: Support

    private final class Hands: Toolbox {
        let done = Locked<[String]>([])
        let tools = [
            ToolDescription(
                name: "get_logs", summary: "Reads logs.",
                parameters: [ToolParameter("service", .text, "the service.")], returns: "the log.", effect: .readOnly)
        ]

        func perform(_ action: AgentAction) async throws(ToolError) -> Observation {
            done.withLock { $0.append(action.string("service", at: 0) ?? "") }
            return Observation(text: "a log")
        }
    }

    private final class Journal: ConversationJournal {
        let flushes = Locked<[Flush]>([])

        func load() async throws(JournalError) -> [Flush] { flushes.withLock { $0 } }
        func append(_ flush: Flush) async throws(JournalError) { flushes.withLock { $0.append(flush) } }
    }
}
