import HTTP
import HTTPTesting
import JSON
import LanguageModelTesting
import LanguageModels
import Primitives
import Testing

private let key = "sk-test-0123456789"
private let path = "/v1/chat/completions"
private let good = """
    {"id":"c1","object":"chat.completion","created":1,"model":"gpt-x-1","choices":[{"index":0,"message":{"role":"assistant",\
    "content":"hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":5,"total_tokens":17,\
    "prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":2}}}
    """

private struct Rig {
    let transport = ScriptedTransport()
    let time = SkippingTimeSource()
    var configuration = ProviderConfiguration.compatible(
        baseURL: "https://llm.example/v1/", model: "gpt-x", key: Secret(key))

    var model: ProviderModel {
        ProviderModel(configuration, transport: transport, time: time, seed: 1)
    }

    func ask(_ request: ModelRequest = simple) async -> Result<ModelReply, ModelError> {
        do { return .success(try await model.complete(request)) } catch { return .failure(error) }
    }
}

private let simple = ModelRequest(messages: [ChatMessage(role: .user, content: "hi")], maxTokens: 10)

struct CompatibleModelTests {
    @Test func theRequestOnTheWire() async throws {
        let rig = Rig()
        rig.transport.expect("POST", path, body: good)
        let request = ModelRequest(
            messages: [
                ChatMessage(role: .system, content: "be \"brief\"\n"), ChatMessage(role: .user, content: "hé"),
                ChatMessage(
                    role: .assistant, content: "",
                    toolCalls: [ToolCall(id: "t1", name: "get_logs", arguments: #"{"a":1}"#)]),
                ChatMessage(role: .tool, content: "log", toolCallID: "t1"),
            ],
            tools: [ToolDefinition(name: "get_logs", description: "d", parameters: ["type": "object"])], maxTokens: 64,
            temperature: "0.2", topP: "1", seed: 7)
        _ = try await rig.model.complete(request)
        let sent = try #require(rig.transport.requests.first)
        #expect(sent.method == "POST" && sent.url == "https://llm.example/v1/chat/completions")
        #expect(sent.headers.first("authorization") == "Bearer \(key)")
        #expect(sent.headers.first("content-type") == "application/json")
        #expect(sent.pool == .model && sent.responseLimit == 10 * 1024 * 1024)
        #expect(sent.refusesLinkLocal)
        #expect(
            String(decoding: sent.body, as: UTF8.self)
                == #"{"model":"gpt-x","messages":[{"role":"system","content":"be \"brief\"\n"},{"role":"user","content":"hé"},"#
                + #"{"role":"assistant","content":null,"tool_calls":[{"id":"t1","type":"function","function":{"name":"get_logs","#
                + #""arguments":"{\"a\":1}"}}]},{"role":"tool","content":"log","tool_call_id":"t1"}],"max_tokens":64,"#
                + #""temperature":0.2,"top_p":1,"seed":7,"tools":[{"type":"function","function":{"name":"get_logs","#
                + #""description":"d","parameters":{"type":"object"}}}],"tool_choice":"auto","parallel_tool_calls":false}"#
        )
    }

    @Test func whatIsNotSetIsNotSent() async throws {
        var rig = Rig()
        rig.configuration.key = nil
        rig.transport.expect("POST", path, body: good)
        _ = try await rig.model.complete(simple)
        let sent = try #require(rig.transport.requests.first)
        #expect(sent.headers.first("authorization") == nil)
        #expect(
            String(decoding: sent.body, as: UTF8.self)
                == #"{"model":"gpt-x","messages":[{"role":"user","content":"hi"}],"max_tokens":10}"#)
        #expect(
            ProviderConfiguration.compatible(baseURL: "x", provider: "OpenAI", model: "gpt-5-mini").tokenLimitField
                == .maxCompletionTokens)
    }

    /// Whether somebody is there, at no cost: whoever answers is, unless it says that nobody is or that the key is wrong.
    @Test(arguments: [
        (200, ""), (404, ""), (405, ""), (403, ""), (429, ""), (500, ""), (301, ""), (401, "authentication"),
        (502, "unavailable"), (503, "unavailable"), (504, "unavailable"),
    ])
    func aProbeTakesAnyAnswerForASignOfLife(status: Int, failure: String) async throws {
        let rig = Rig()
        rig.transport.expect("GET", "/v1/models", status: status, body: "{}")
        #expect(await probe(rig) == failure)
        let sent = try #require(rig.transport.requests.first)
        #expect(rig.transport.requests.count == 1 && sent.body.isEmpty && sent.pool == .model)
        #expect(sent.refusesLinkLocal)
        #expect(sent.headers.first("authorization") == "Bearer \(key)")
    }

    @Test(arguments: [
        (HTTPError.connect("refused"), "unavailable"), (.resolve("no such host"), "unavailable"),
        (.tls("unknown authority"), "invalid"), (.timedOut(.connecting), "unavailable"),
        (.tooLarge(limit: 10), ""), (.cancelled, "cancelled"),
    ])
    func aProbeThatGetsNoAnswerSaysWhy(error: HTTPError, failure: String) async throws {
        let rig = Rig()
        rig.transport.expect("GET", "/v1/models", error: error)
        #expect(await probe(rig) == failure)
    }

    /// Why the probe failed; empty when somebody is there.
    private func probe(_ rig: Rig) async -> String {
        do {
            try await rig.model.probe()
            return ""
        } catch {
            return switch error {
            case .authenticationFailed: "authentication"
            case .unavailable: error.isRetryable ? "unavailable" : "for good"
            case .invalidRequest: "invalid"
            case .cancelled: "cancelled"
            default: "\(error)"
            }
        }
    }

    @Test func usageIsWhatTheServerReports() async throws {
        let rig = Rig()
        rig.transport.expect("POST", path, body: good)
        let reply = try await rig.model.complete(simple)
        #expect(reply.content == "hello" && reply.finishReason == .stop && reply.modelID == "gpt-x-1")
        #expect(
            reply.usage == TokenUsage(inputTokens: 12, outputTokens: 5, cacheReadTokens: 4, reasoningTokens: 2))
    }

    @Test(
        arguments: [
            (
                #"{"choices":[{"message":{"content":null,"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{bad"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#,
                "", "tool_calls"
            ),
            (
                #"{"choices":[{"message":{"content":null,"refusal":"no way"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#,
                "no way", "refusal"
            ),
            (
                #"{"choices":[{"message":{"content":"cut"},"finish_reason":"length"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#,
                "cut", "length"
            ),
            (
                #"{"choices":[{"message":{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}}],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#,
                "ab", "stop"
            ),
            (
                #"{"choices":[{"message":{"content":""},"finish_reason":"content_filter"}],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#,
                "", "content_filter"
            ),
        ])
    func shapesOfReplies(body: String, content: String, finish: String) async throws {
        let rig = Rig()
        rig.transport.expect("POST", path, body: body)
        let reply = try await rig.model.complete(simple)
        #expect(reply.content == content && reply.finishReason.name == finish && !reply.usage.isEstimated)
        #expect(reply.toolCalls.map(\.arguments) == (finish == "tool_calls" ? ["{bad"] : []))
    }

    @Test func aReplyWithoutUsageIsChargedAsAnEstimate() async throws {
        let rig = Rig()
        rig.transport.expect("POST", path, body: #"{"choices":[{"message":{"content":"hello"}}]}"#)
        let reply = try await rig.model.complete(simple)
        #expect(reply.usage.isEstimated && reply.usage.inputTokens >= 12 && reply.usage.outputTokens == 5)
    }

    @Test func reportedMoneyIsKept() async throws {
        let rig = Rig()
        rig.transport.expect(
            "POST", path,
            body:
                #"{"choices":[{"message":{"content":"x"}}],"usage":{"prompt_tokens":1,"completion_tokens":1,"cost":0.00014}}"#
        )
        #expect(try await rig.model.complete(simple).reportedCost == NanoDollars(140_000))
    }

    @Test(
        arguments: [
            (401, "invalid_api_key", "authentication", 1), (403, "x", "authentication", 1), (400, "x", "invalid", 1),
            (404, "x", "invalid", 1), (422, "x", "invalid", 1), (413, "x", "invalid", 1), (402, "x", "quota", 1),
            (429, "insufficient_quota", "quota", 1), (429, "rate_limit_exceeded", "rate", 3),
            (408, "x", "unavailable", 3),
            (409, "x", "unavailable", 3), (500, "x", "unavailable", 3), (503, "x", "unavailable", 3),
            (529, "x", "unavailable", 3), (504, "x", "lost", 3), (524, "x", "lost", 3),
            (502, "x", "lost", 3), (520, "x", "lost", 3), (302, "x", "invalid", 1),
            (400, "content_filter", "refused", 1),
        ])
    func statusesAreMappedAndRetriedOrNot(status: Int, code: String, kind: String, attempts: Int) async {
        let rig = Rig()
        for _ in 0..<4 {
            rig.transport.expect(
                "POST", path, status: status, headers: ["location": "https://elsewhere.example/"],
                body: #"{"error":{"message":"bad key \#(key) given","type":"t","code":"\#(code)"}}"#)
        }
        guard case .failure(let error) = await rig.ask() else {
            Issue.record("no error")
            return
        }
        #expect(error.kind == kind)
        #expect(rig.transport.requests.count == attempts)
        #expect(!"\(error)".contains(key))
        #expect(error.isRetryable == (attempts > 1))
    }

    @Test(
        arguments: [
            (HTTPError.connect("x"), "unavailable", 3), (.resolve("x"), "unavailable", 3),
            (.timedOut(.connecting), "unavailable", 3), (.timedOut(.total), "timedOut", 1),
            (.reset(bytesSeen: false, "x"), "lost", 1), (.cancelled, "cancelled", 1),
            (.tooLarge(limit: 1), "malformed", 1), (.tls("x"), "invalid", 1),
            (.refusedAddress("link-local"), "address", 1),
        ])
    func lostRepliesAreReportedWhereTheCallerCountsThem(error: HTTPError, kind: String, attempts: Int) async {
        let rig = Rig()
        for _ in 0..<4 { rig.transport.expect("POST", path, error: error) }
        var request = simple
        request.lostReply = .report
        guard case .failure(let failure) = await rig.ask(request) else {
            Issue.record("no error")
            return
        }
        #expect(failure.kind == kind && rig.transport.requests.count == attempts)
        #expect(failure.mayHaveBeenCharged == ["lost", "timedOut", "malformed", "cancelled"].contains(kind))
    }

    @Test(arguments: ["", "[]", "{}", #"{"choices":[]}"#, #"{"choices":[{}]}"#, "<html>"])
    func uselessRepliesAreMalformed(body: String) async {
        let rig = Rig()
        for _ in 0..<3 { rig.transport.expect("POST", path, body: body) }
        guard case .failure(.malformedReply) = await rig.ask() else {
            Issue.record("\(body) was taken")
            return
        }
    }

    @Test func anErrorInsideA200IsAnError() async {
        let rig = Rig()
        rig.transport.expect("POST", path, body: #"{"error":{"code":401,"message":"no"}}"#)
        #expect(await rig.ask() == .failure(.authenticationFailed("no (code 401)")))
    }

    /// I2: what failed while the answer was made, or behind a gateway, may be on the bill; a refusal is not.
    @Test(arguments: [
        (200, #"{"code":502,"message":"x"}"#, true), (200, #"{"code":408,"message":"x"}"#, true),
        (200, #"{"message":"x"}"#, true), (200, #"{"code":503,"message":"x"}"#, true),
        (200, #"{"code":401,"message":"x"}"#, false), (200, #"{"code":402,"message":"x"}"#, false),
        (200, #"{"code":429,"message":"x"}"#, false), (200, #"{"code":400,"message":"x"}"#, false),
        (502, #"{"message":"x"}"#, true), (503, #"{"message":"x"}"#, false), (429, #"{"message":"x"}"#, false),
    ])
    func whatMayHaveBeenPaidIsCounted(status: Int, error: String, isCharged: Bool) async {
        let rig = Rig()
        for _ in 0..<4 { rig.transport.expect("POST", path, status: status, body: #"{"error":\#(error)}"#) }
        var request = simple
        request.lostReply = .report
        guard case .failure(let failure) = await rig.ask(request) else {
            Issue.record("no error")
            return
        }
        #expect(failure.mayHaveBeenCharged == isCharged, "\(failure)")
        if isCharged { #expect(rig.transport.requests.count == 1) }
    }

    @Test func passingFailuresAreRetriedAfterTwoAndFourSeconds() async throws {
        let rig = Rig()
        rig.transport.expect("POST", path, status: 503, body: "{}")
        rig.transport.expect("POST", path, status: 500, body: "oops")
        rig.transport.expect("POST", path, body: good)
        let reply = try await rig.model.complete(simple)
        let sleeps = rig.time.sleeps
        #expect(sleeps.count == 2)
        #expect((Duration.milliseconds(1500)...(.seconds(2))).contains(sleeps[0]))
        #expect((Duration.seconds(3)...(.seconds(4))).contains(sleeps[1]))
        #expect(reply.latency == sleeps[0] + sleeps[1])
    }

    @Test(
        arguments: [
            ("retry-after", "20", Duration.seconds(20)), ("retry-after", "2.5", .milliseconds(2500)),
            ("retry-after-ms", "9000", .seconds(9)), ("retry-after", "Fri, 15 Jan 2027 08:00:30 GMT", .seconds(30)),
        ], [429, 500, 503, 529])
    func whatTheServerAsksIsObeyed(asked: (header: String, value: String, wait: Duration), status: Int) async throws {
        let (header, value, wait) = asked
        let rig = Rig()
        rig.transport.expect(
            "POST", path, status: status, headers: HTTPHeaders(dictionaryLiteral: (header, value)), body: "{}")
        rig.transport.expect("POST", path, body: good)
        _ = try await rig.model.complete(simple)
        #expect(rig.time.sleeps == [wait])
    }

    @Test func noWaitGoesPastTheTimeLeft() async {
        let rig = Rig()
        rig.transport.expect("POST", path, status: 429, headers: ["retry-after": "600"], body: "{}")
        var request = simple
        request.timeLimit = .seconds(60)
        #expect(await rig.ask(request) == .failure(.rateLimited("HTTP 429: {}", retryAfter: .seconds(600))))
        #expect(rig.time.sleeps.isEmpty)
        #expect(rig.transport.requests.first?.totalTimeout == .seconds(60))
    }

    @Test(arguments: ["abc", "0.2,\"x\":1", "\"1\"", ""])
    func aTemperatureThatIsNoNumberNeverReachesTheWire(text: String) async {
        let rig = Rig()
        var request = simple
        request.temperature = text
        guard case .failure(.invalidRequest) = await rig.ask(request) else {
            Issue.record("was sent")
            return
        }
        #expect(rig.transport.requests.isEmpty)
    }

    @Test func aKeyDoesNotShowItself() {
        let secret = Secret(key)
        #expect(!"\(secret) \(String(reflecting: secret))".contains(key))
        var dumped = ""
        dump(ProviderConfiguration.compatible(baseURL: "x", model: "y", key: secret), to: &dumped)
        #expect(!dumped.contains(key))
    }

    @Test(
        arguments: [
            ("http://127.0.0.1:8080/v1", true), ("http://localhost/v1", true), ("http://[::1]:1/v1", true),
            ("https://127.0.0.1.evil.example/v1", false), ("https://localhost@evil.example/", false),
            ("https://api.openai.com/v1", false),
        ])
    func onlyLoopbackIsLocal(url: String, isLocal: Bool) {
        var rig = Rig()
        rig.configuration.baseURL = url
        #expect(rig.model.descriptor.isLocal == isLocal)
    }
}
