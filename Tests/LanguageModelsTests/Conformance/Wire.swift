import JSON
import LanguageModels
import Testing

/// One provider, asked for whole or streamed replies, with the bytes it would send.
///
/// The shapes are those of the providers' documents, written out: nothing here is made by the code under test.
struct Wire: Sendable, CustomTestStringConvertible {
    enum Provider: String, Sendable, CaseIterable { case openAI, anthropic, openRouter, compatible }

    var provider: Provider
    var streams: Bool

    static let all = Provider.allCases.flatMap { provider in
        [Wire(provider: provider, streams: false), Wire(provider: provider, streams: true)]
    }
    static let streamed = all.filter(\.streams)

    var testDescription: String { "\(provider.rawValue), \(streams ? "streamed" : "whole")" }
    var isAnthropic: Bool { provider == .anthropic }
    var contentType: String { streams ? "text/event-stream; charset=utf-8" : "application/json" }

    static let key = "sk-test-0123456789"

    func configuration(_ baseURL: String) -> ProviderConfiguration {
        let key = Secret(Self.key)
        var made =
            switch provider {
            case .openAI: ProviderConfiguration.openAI(model: "gpt-4o", key: key, baseURL: baseURL)
            case .anthropic: ProviderConfiguration.anthropic(model: "claude-haiku-4-5", key: key, baseURL: baseURL)
            case .openRouter: ProviderConfiguration.openRouter(model: "openai/gpt-4o", key: key, baseURL: baseURL)
            case .compatible: ProviderConfiguration.compatible(baseURL: baseURL, model: "m", key: key)
            }
        made.streams = streams
        return made
    }

    /// Of every answer: 12 tokens in, 4 of them from the cache, 5 out.
    var usage: TokenUsage {
        TokenUsage(
            inputTokens: 12, outputTokens: 5, cacheReadTokens: 4, cacheWriteTokens: isAnthropic ? 2 : 0,
            reasoningTokens: isAnthropic ? 0 : 3)
    }

    var cost: NanoDollars? { provider == .openRouter ? NanoDollars(140_000) : nil }

    // MARK: Answers

    func body(_ said: Said) -> String {
        switch (isAnthropic, streams) {
        case (false, false): chatWhole(said)
        case (false, true): chatStream(said)
        case (true, false): messagesWhole(said)
        case (true, true): messagesStream(said)
        }
    }

    /// An error in an answer that begins as a success.
    func errorInside(message: String) -> String {
        let error =
            switch provider {
            case .openAI, .compatible: #"{"error":{"message":"\#(message)","type":"server_error","code":null}}"#
            case .anthropic:
                #"{"type":"error","error":{"type":"overloaded_error","message":"\#(message)"},"request_id":"r1"}"#
            case .openRouter: #"{"error":{"code":502,"message":"\#(message)","metadata":{}}}"#
            }
        if !streams { return error }
        return isAnthropic ? "event: error\ndata: \(error)\n\n" : "data: \(error)\n\n"
    }

    /// The first events of a stream, up to some words.
    var beginning: String {
        let stream = body(.usual)
        let cut = stream.firstRange(of: isAnthropic ? "event: content_block_stop" : Self.chunk + #"{},"#)
        return String(stream[..<(cut?.lowerBound ?? stream.startIndex)])
    }

    /// The beginning of each chunk of chat completions.
    static let envelope = #"data: {"id":"c1","object":"chat.completion.chunk","model":"gpt-x-1","choices":["#
    static let chunk = envelope + #"{"index":0,"delta":"#

    private func quoted(_ text: String) -> String { JSONValue.string(text).text }

    private var chatUsage: String {
        #"{"prompt_tokens":12,"completion_tokens":5,"total_tokens":17,"prompt_tokens_details":{"cached_tokens":4},"#
            + #""completion_tokens_details":{"reasoning_tokens":3}\#(provider == .openRouter ? #","cost":0.00014"# : "")}"#
    }

    private func chatFinish(_ said: Said) -> String {
        switch said.finish {
        case .stop, .refusal: "stop"
        case .length: "length"
        case .filtered: "content_filter"
        case .calls: "tool_calls"
        }
    }

    private func chatWhole(_ said: Said) -> String {
        let calls = said.calls.map {
            #"{"id":"\#($0.id)","type":"function","function":{"name":"\#($0.name)","#
                + #""arguments":\#(quoted($0.arguments))}}"#
        }
        let content = said.finish == .refusal || said.text.isEmpty && !calls.isEmpty ? "null" : quoted(said.text)
        let refusal = said.finish == .refusal ? quoted(said.text) : "null"
        let tools = calls.isEmpty ? "" : #","tool_calls":[\#(calls.joined(separator: ","))]"#
        return #"{"id":"c1","object":"chat.completion","created":1,"model":"gpt-x-1","choices":[{"index":0,"message":{"#
            + #""role":"assistant","content":\#(content),"refusal":\#(refusal)\#(tools)},"#
            + #""finish_reason":"\#(chatFinish(said))"}],"#
            + #""usage":\#(chatUsage)}"#
    }

    private func chatStream(_ said: Said) -> String {
        func chunk(_ delta: String, finish: String = "null") -> String {
            Self.chunk + #"\#(delta),"finish_reason":\#(finish)}],"usage":null}"# + "\n\n"
        }
        var events = provider == .openRouter ? ": OPENROUTER PROCESSING\n\n" : ""
        events += chunk(#"{"role":"assistant","content":""}"#)
        let field = said.finish == .refusal ? "refusal" : "content"
        for piece in Self.halves(said.text) where !piece.isEmpty {
            events += chunk(#"{"\#(field)":\#(quoted(piece))}"#)
        }
        for (index, call) in said.calls.enumerated() {
            let first = #""id":"\#(call.id)","type":"function","function":{"name":"\#(call.name)","arguments":""}"#
            events += chunk(#"{"tool_calls":[{"index":\#(index),\#(first)}]}"#)
            for piece in Self.halves(call.arguments) {
                events += chunk(#"{"tool_calls":[{"index":\#(index),"function":{"arguments":\#(quoted(piece))}}]}"#)
            }
        }
        events += chunk("{}", finish: "\"\(chatFinish(said))\"")
        events += Self.envelope + #"],"usage":\#(chatUsage)}"#
        return events + "\n\ndata: [DONE]\n\n"
    }

    private func stopReason(_ said: Said) -> String {
        switch said.finish {
        case .stop: "end_turn"
        case .length: "max_tokens"
        case .calls: "tool_use"
        case .refusal, .filtered: "refusal"
        }
    }

    private func messagesWhole(_ said: Said) -> String {
        var blocks = said.text.isEmpty ? [] : [#"{"type":"text","text":\#(quoted(said.text))}"#]
        blocks += said.calls.map {
            #"{"type":"tool_use","id":"\#($0.id)","name":"\#($0.name)","input":\#($0.arguments)}"#
        }
        return #"{"id":"msg_1","type":"message","role":"assistant","model":"gpt-x-1","#
            + #""content":[\#(blocks.joined(separator: ","))],"stop_reason":"\#(stopReason(said))","stop_sequence":null,"usage":{"input_tokens":6,"#
            + #""cache_creation_input_tokens":2,"cache_read_input_tokens":4,"output_tokens":5}}"#
    }

    private func messagesStream(_ said: Said) -> String {
        func event(_ name: String, _ data: String) -> String {
            "event: \(name)\ndata: {\"type\":\"\(name)\"\(data.isEmpty ? "" : ",\(data)")}\n\n"
        }
        var events = event(
            "message_start",
            #""message":{"id":"msg_1","type":"message","role":"assistant","model":"gpt-x-1","content":[],"stop_reason":null,"#
                + #""usage":{"input_tokens":6,"cache_creation_input_tokens":2,"cache_read_input_tokens":4,"output_tokens":1}}"#
        )
        events += event("ping", "")
        var index = 0
        func block(_ start: String, _ deltas: [String]) {
            events += event("content_block_start", #""index":\#(index),"content_block":\#(start)"#)
            for delta in deltas { events += event("content_block_delta", #""index":\#(index),"delta":\#(delta)"#) }
            events += event("content_block_stop", #""index":\#(index)"#)
            index += 1
        }
        if !said.text.isEmpty {
            block(
                #"{"type":"text","text":""}"#,
                Self.halves(said.text).map { #"{"type":"text_delta","text":\#(quoted($0))}"# })
        }
        for call in said.calls {
            block(
                #"{"type":"tool_use","id":"\#(call.id)","name":"\#(call.name)","input":{}}"#,
                ([""] + Self.halves(call.arguments)).map {
                    #"{"type":"input_json_delta","partial_json":\#(quoted($0))}"#
                })
        }
        events += event(
            "message_delta",
            #""delta":{"stop_reason":"\#(stopReason(said))","stop_sequence":null},"usage":{"output_tokens":5}"#)
        return events + event("message_stop", "")
    }

    private static func halves(_ text: String) -> [String] {
        let middle = text.index(text.startIndex, offsetBy: text.count / 2)
        return [String(text[..<middle]), String(text[middle...])]
    }
}
