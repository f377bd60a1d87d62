package import HTTP
import JSON
package import Primitives

/// A client of OpenAI's chat completions and of every server that speaks them.
///
/// One answer per call, no streaming.
///
/// The key goes into one header of one request and nowhere else; redirects are errors, so it never follows one. Nothing goes
/// to a link-local address, whatever name stands for it: a cloud's metadata service answers there, and answers are shown.
package struct OpenAICompatibleModel: LanguageModel {
    private let configuration: OpenAICompatibleConfiguration
    private let transport: any HTTPTransport
    private let time: any TimeSource
    private let generator: Locked<SeededGenerator>

    /// The seed is that of the jitter between attempts.
    package init(
        _ configuration: OpenAICompatibleConfiguration, transport: any HTTPTransport, time: any TimeSource, seed: UInt64
    ) {
        self.configuration = configuration
        self.transport = transport
        self.time = time
        generator = Locked(SeededGenerator(seed: seed))
    }

    package var descriptor: ModelDescriptor {
        ModelDescriptor(
            provider: configuration.provider, name: configuration.model, isLocal: configuration.isLoopback)
    }

    /// Every token stands for at least one byte, so the bytes of the request bound its tokens; the chat template that a
    /// server puts around each message is allowed for separately.
    package func worstCase(_ request: ModelRequest) -> TokenUsage {
        let template = 16 * Int64(request.messages.count + request.tools.count) + 256
        return TokenUsage(
            inputTokens: Int64(body(of: request).count) + template, outputTokens: Int64(max(0, request.maxTokens)),
            isEstimated: true)
    }

    package func complete(_ request: ModelRequest) async throws(ModelError) -> ModelReply {
        let problem = ChatCompletionsRequest(
            model: configuration.model, tokenLimitField: configuration.tokenLimitField, request: request
        ).problem
        if let problem { throw .invalidRequest(problem) }
        let body = body(of: request)
        let start = time.monotonicNow()
        let deadline = start + request.timeLimit
        var attempt = 1
        while true {
            let failure: ModelError
            do {
                var reply = try await ask(body, request: request, timeLimit: deadline - time.monotonicNow())
                reply.latency = time.monotonicNow() - start
                return reply
            } catch {
                failure = error
            }
            let mustReport = failure.mayHaveBeenCharged && request.lostReply == .report
            if !failure.isRetryable || mustReport || attempt >= configuration.retry.attempts { throw failure }
            try await pause(afterAttempt: attempt, failure, deadline: deadline)
            attempt += 1
        }
    }

    /// Lists the models: any answer is a sign of life, but for a key that is refused and a gateway with nobody behind it.
    ///
    /// Many compatible servers do not serve the list (404, 405), and some keys may not read it (403): both say nothing
    /// about the calls to come.
    package func probe() async throws(ModelError) {
        let response: HTTPResponse
        let bytes: [UInt8]
        do {
            response = try await transport.send(request("GET", configuration.modelsURL, timeLimit: Self.probeTime))
            if response.status < 400 { return }
            bytes = try await response.body.collect(upTo: configuration.replyLimit)
        } catch {
            let failure = modelError(error)
            // It answers, and at length: more than was asked for.
            if case .malformedReply = failure { return }
            throw failure
        }
        switch response.status {
        case 401, 502, 503, 504:
            let wait = RetryPolicy.wait(in: response.headers, now: time.wallNow())
            let failure = ChatCompletionsFailure(status: response.status, body: bytes, key: configuration.key)
            // Nothing was asked for that could have been paid: here a gateway's word is that nobody is there.
            throw response.status == 401 ? failure.error(retryAfter: wait) : .unavailable(failure.message)
        default: return
        }
    }

    /// A list of models is short and comes from memory.
    private static let probeTime = Duration.seconds(10)

    private func pause(
        afterAttempt attempt: Int, _ failure: ModelError, deadline: Duration
    ) async throws(ModelError) {
        let delay = generator.withLock { generator in
            configuration.retry.delay(afterAttempt: attempt, serverAsked: failure.retryAfter, using: &generator)
        }
        if time.monotonicNow() + delay >= deadline { throw failure }
        do { try await time.sleep(for: delay) } catch { throw .cancelled }
    }

    private func ask(
        _ body: [UInt8], request: ModelRequest, timeLimit: Duration
    ) async throws(ModelError) -> ModelReply {
        if timeLimit <= .zero { throw .unavailable("no time is left for the call") }
        var httpRequest = self.request(
            "POST", configuration.url, timeLimit: min(configuration.attemptTimeout, timeLimit))
        httpRequest.headers.set("content-type", "application/json")
        httpRequest.body = body
        let response: HTTPResponse
        let bytes: [UInt8]
        do {
            response = try await transport.send(httpRequest)
            bytes = try await response.body.collect(upTo: configuration.replyLimit)
        } catch {
            throw modelError(error)
        }
        return try reply(response, bytes, request)
    }

    private func request(_ method: String, _ url: String, timeLimit: Duration) -> HTTPRequest {
        var headers: HTTPHeaders = ["accept": "application/json"]
        for (name, value) in configuration.extraHeaders { headers.set(name, value) }
        if let key = configuration.key { headers.set("authorization", "Bearer \(key.reveal())") }
        return HTTPRequest(
            method: method, url: url, headers: headers, tls: configuration.tls, pool: .model,
            connectTimeout: min(configuration.connectTimeout, timeLimit), totalTimeout: timeLimit,
            responseLimit: configuration.replyLimit, refusesLinkLocal: true)
    }

    private func reply(
        _ response: HTTPResponse, _ bytes: [UInt8], _ request: ModelRequest
    ) throws(ModelError) -> ModelReply {
        let key = configuration.key
        guard (200..<300).contains(response.status) else {
            let wait = RetryPolicy.wait(in: response.headers, now: time.wallNow())
            throw ChatCompletionsFailure(status: response.status, body: bytes, key: key).error(retryAfter: wait)
        }
        let json: JSONValue
        do {
            json = try JSONValue(parsing: bytes)
        } catch {
            throw .malformedReply("not JSON: \(error.message)")
        }
        if let error = json["error"], !error.isNull {
            throw ChatCompletionsFailure(status: 200, error: error, key: key).error(retryAfter: nil)
        }
        do {
            let parsed = try ChatCompletionsReply(json)
            return ModelReply(
                content: parsed.refusal ?? parsed.content, toolCalls: parsed.toolCalls,
                finishReason: parsed.finishReason, usage: parsed.usage ?? guess(request, parsed),
                reportedCost: parsed.reportedCost, modelID: parsed.modelID ?? configuration.model)
        } catch {
            throw .malformedReply(error.reason)
        }
    }

    /// A server that reports no usage is charged the bound, marked as an estimate: never nothing.
    private func guess(_ request: ModelRequest, _ reply: ChatCompletionsReply) -> TokenUsage {
        var usage = worstCase(request)
        let bytes = reply.content.utf8.count + reply.toolCalls.reduce(0) { $0 + $1.arguments.utf8.count + 16 }
        usage.outputTokens = min(usage.outputTokens, Int64(bytes))
        return usage
    }

    private func body(of request: ModelRequest) -> [UInt8] {
        ChatCompletionsRequest(
            model: configuration.model, tokenLimitField: configuration.tokenLimitField, request: request
        ).jsonBytes()
    }

    private func modelError(_ error: HTTPError) -> ModelError {
        let text = configuration.key?.scrub(error.description) ?? error.description
        switch error {
        case .cancelled: return .cancelled
        case .refusedAddress(let address): return .addressRefused(address)
        case .invalidRequest, .tls: return .invalidRequest(text)
        case .tooLarge: return .malformedReply(text)
        case .timedOut where error.mayHaveReachedServer: return .timedOut
        default: return error.mayHaveReachedServer ? .connectionLost(text) : .unavailable(text)
        }
    }
}
