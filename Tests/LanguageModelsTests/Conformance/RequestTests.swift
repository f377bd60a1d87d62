import HTTP
import JSON
import LanguageModelTesting
import Testing

@testable import LanguageModels

/// What goes out, byte for byte.
@Suite(.timeLimit(.minutes(1))) struct RequestTests {
    private static let request = ModelRequest(
        messages: [
            ChatMessage(role: .system, content: "be \"brief\""), ChatMessage(role: .user, content: "hé"),
            ChatMessage(
                role: .assistant, content: "",
                toolCalls: [
                    ToolCall(id: "t1", name: "get_logs", arguments: #"{"a":1}"#),
                    ToolCall(id: "t2", name: "get_logs", arguments: "{bad"),
                ]),
            ChatMessage(role: .tool, content: "log", toolCallID: "t1"),
            ChatMessage(role: .tool, content: "", toolCallID: "t2"), ChatMessage(role: .user, content: "go on"),
        ],
        tools: [ToolDefinition(name: "get_logs", description: "d", parameters: ["type": "object"])], maxTokens: 64,
        temperature: "0.2", topP: "1", seed: 7)

    private static func chat(_ model: String, _ tail: String) -> String {
        #"{"model":"\#(model)","messages":[{"role":"system","content":"be \"brief\""},{"role":"user","content":"hé"},"#
            + #"{"role":"assistant","content":null,"tool_calls":[{"id":"t1","type":"function","function":{"name":"get_logs","#
            + #""arguments":"{\"a\":1}"}},{"id":"t2","type":"function","function":{"name":"get_logs","arguments":"{bad"}}]},"#
            + #"{"role":"tool","content":"log","tool_call_id":"t1"},{"role":"tool","content":"","tool_call_id":"t2"},"#
            + #"{"role":"user","content":"go on"}],"max_tokens":64,"temperature":0.2,"top_p":1,"seed":7,"#
            + #""tools":[{"type":"function","function":{"name":"get_logs","description":"d","parameters":{"type":"object"}}}],"#
            + #""tool_choice":"auto","parallel_tool_calls":false\#(tail)}"#
    }

    private static func messages(_ tail: String) -> String {
        #"{"model":"claude-haiku-4-5","max_tokens":64,"system":"be \"brief\"","messages":["#
            + #"{"role":"user","content":[{"type":"text","text":"hé"}]},"#
            + #"{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"get_logs","input":{"a":1}},"#
            + #"{"type":"tool_use","id":"t2","name":"get_logs","input":{"INVALID_JSON":"{bad"}}]},"#
            + #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"log"},"#
            + #"{"type":"tool_result","tool_use_id":"t2","content":""},{"type":"text","text":"go on"}]}],"#
            + #""temperature":0.2,"top_p":1,"tools":[{"name":"get_logs","description":"d","input_schema":{"type":"object"}}],"#
            + #""tool_choice":{"type":"auto","disable_parallel_tool_use":true}\#(tail)}"#
    }

    @Test(arguments: Wire.all) func bodyAndHead(wire: Wire) async throws {
        let talk = Conversation(wire: wire)
        let result = try await talk.held(talk.http(wire.body(.usual)), asking: Self.request)
        let sent = try #require(result.requests.first)
        let stream = wire.streams ? #","stream":true,"stream_options":{"include_usage":true}"# : ""
        let privacy = #","provider":{"data_collection":"deny","zdr":true}"#
        let (path, body) =
            switch wire.provider {
            case .openAI: ("/v1/chat/completions", Self.chat("gpt-4o", stream))
            case .compatible: ("/v1/chat/completions", Self.chat("m", stream))
            case .openRouter: ("/v1/chat/completions", Self.chat("openai/gpt-4o", stream + privacy))
            case .anthropic: ("/v1/messages", Self.messages(wire.streams ? #","stream":true"# : ""))
            }
        #expect(sent.body == body)
        let lines = sent.head.split(separator: "\r\n").map(String.init)
        #expect(lines.first == "POST \(path) HTTP/1.1")
        let names = lines.dropFirst().map { $0.lowercased() }
        #expect(names.contains("content-type: application/json"))
        if wire.isAnthropic {
            #expect(names.contains("anthropic-version: 2023-06-01") && names.contains("x-api-key: \(Wire.key)"))
            #expect(!names.contains { $0.hasPrefix("authorization") })
        } else {
            #expect(names.contains("authorization: bearer \(Wire.key)"))
        }
        #expect(names.contains("x-openrouter-title: aiops operator") == (wire.provider == .openRouter))
        #expect(names.contains("accept: text/event-stream, application/json") == wire.streams)
    }

    /// Where a vendor is asked, its replies are streamed; of a server of one's own nobody knows what it can do.
    @Test func addressesAndWaysByDefault() {
        let openAI = ProviderConfiguration.openAI(model: "gpt-5-mini", key: nil)
        #expect(openAI.baseURL == "https://api.openai.com/v1" && openAI.streams)
        #expect(openAI.tokenLimitField == .maxCompletionTokens && openAI.silenceLimit == .seconds(300))
        let anthropic = ProviderConfiguration.anthropic(model: "claude-haiku-4-5", key: nil)
        #expect(anthropic.baseURL == "https://api.anthropic.com/v1" && anthropic.streams)
        let openRouter = ProviderConfiguration.openRouter(model: "openai/gpt-5", key: nil)
        #expect(openRouter.baseURL == "https://openrouter.ai/api/v1" && openRouter.streams)
        #expect(openRouter.probePath == "/key")
        let compatible = ProviderConfiguration.compatible(baseURL: "http://a/v1", model: "m")
        #expect(!compatible.streams && !compatible.isAtVendor && compatible.tokenLimitField == .maxTokens)
    }

    @Test(
        arguments: [
            (ProviderConfiguration.openAI(model: "gpt-5-mini", key: nil), "0.2", nil, 10, "not accept temperature"),
            (.openAI(model: "o3", key: nil), nil, "0.5", 10, "not accept topP"),
            (.openRouter(model: "anthropic/claude-opus-4.7", key: nil), "1", nil, 10, "not accept temperature"),
            (.anthropic(model: "claude-haiku-4-5", key: nil), "1.5", nil, 10, "from 0 to 1"),
            (.openAI(model: "gpt-4-turbo", key: nil), nil, nil, 5_000, "at most 4096 tokens"),
            (.openAI(model: "gpt-4o", key: nil), "0.7", "1", 10, nil),
            (.compatible(baseURL: "http://a/v1", model: "gpt-5-mini"), "0.2", nil, 9_999, nil),
        ] as [(ProviderConfiguration, String?, String?, Int, String?)])
    func whatAModelRefusesIsNeverSent(
        configuration: ProviderConfiguration, temperature: String?, topP: String?, maxTokens: Int, problem: String?
    ) {
        var request = Conversation.question
        request.temperature = temperature
        request.topP = topP
        request.maxTokens = maxTokens
        let found = RequestCheck(request, configuration).problem
        if let problem { #expect(found?.contains(problem) == true, "\(found ?? "")") } else { #expect(found == nil) }
    }

    /// Several calls in one reply are forbidden wherever that may be said.
    @Test(
        arguments: [
            (ProviderConfiguration.openAI(model: "gpt-5-mini", key: nil), true),
            (.openAI(model: "o3", key: nil), false),
            (.openAI(model: "o4-mini-2025-04-16", key: nil), false), (.openRouter(model: "openai/o3", key: nil), true),
            (.compatible(baseURL: "http://a/v1", model: "o3"), true),
            (.compatible(baseURL: "http://a/v1", provider: "OpenAI", model: "o3"), false),
        ])
    func oneCallAReplyIsAskedFor(configuration: ProviderConfiguration, isSaid: Bool) {
        let body = String(decoding: configuration.format.body(Self.request, configuration), as: UTF8.self)
        #expect(body.contains(#""tool_choice":"auto""#))
        #expect(body.contains(#""parallel_tool_calls":false"#) == isSaid)
    }

    /// Reasoning goes back as it came, before the words of its turn.
    @Test func reasoningIsReturnedUnchanged() async throws {
        let wire = Wire(provider: .anthropic, streams: false)
        let talk = Conversation(wire: wire)
        let thinking = #"{"type":"thinking","thinking":"hm","signature":"s=="}"#
        let hidden = #"{"type":"redacted_thinking","data":"x"}"#
        let body = wire.body(.oneCall).replacing(#""content":["#, with: #""content":[\#(thinking),\#(hidden),"#)
        let reply = try await talk.held(talk.http(body)).outcome.get()
        #expect(reply.content == "look" && reply.reasoning.map(\.text) == [thinking, hidden])
        var request = Conversation.question
        request.messages.append(
            ChatMessage(role: .assistant, content: "look", toolCalls: reply.toolCalls, reasoning: reply.reasoning))
        let sent = try #require(try await talk.held(talk.http(body), asking: request).requests.first)
        let turn = #""role":"assistant","content":[\#(thinking),\#(hidden),{"type":"text","text":"look"},"#
        #expect(sent.body.contains(turn))
    }
}
