package import HTTP
import JSON
import Lifecycle
package import Primitives

/// A client of a provider: OpenAI, Anthropic, OpenRouter, or any server that speaks chat completions.
///
/// The key goes into one header of one request and nowhere else; redirects are errors, so it never follows one. Nothing goes
/// to a link-local address, whatever name stands for it: a cloud's metadata service answers there, and answers are shown.
package struct ProviderModel: LanguageModel {
    private let configuration: ProviderConfiguration
    private let transport: any HTTPTransport
    private let time: any TimeSource
    private let generator: Locked<SeededGenerator>

    /// The seed is that of the jitter between attempts.
    package init(
        _ configuration: ProviderConfiguration, transport: any HTTPTransport, time: any TimeSource, seed: UInt64
    ) {
        self.configuration = configuration
        self.transport = transport
        self.time = time
        generator = Locked(SeededGenerator(seed: seed))
    }

    package var descriptor: ModelDescriptor {
        ModelDescriptor(
            provider: configuration.provider, name: configuration.model, isLocal: configuration.isLoopback,
            isAtVendor: configuration.isAtVendor, host: configuration.authority,
            contextTokens: configuration.facts?.contextTokens, callsTools: configuration.facts?.callsTools ?? false)
    }

    /// Every token stands for at least one byte, so the bytes of the request bound its tokens; what a provider adds is
    /// allowed for separately.
    package func worstCase(_ request: ModelRequest) -> TokenUsage {
        let body = configuration.format.body(request, configuration)
        return TokenUsage(
            inputTokens: Int64(body.count) + configuration.format.overhead(of: request),
            outputTokens: Int64(max(0, request.maxTokens)), isEstimated: true)
    }

    package func objection(to request: ModelRequest) -> String? { RequestCheck(request, configuration).settings }

    package func complete(_ request: ModelRequest) async throws(ModelError) -> ModelReply {
        if let problem = RequestCheck(request, configuration).problem { throw .invalidRequest(problem) }
        let body = Self.fitted(configuration.format.body(request, configuration))
        let start = time.monotonicNow()
        let deadline = start + request.timeLimit
        let attempts = min(configuration.retry.attempts, request.attempts ?? .max)
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
            if !failure.isRetryable || mustReport || attempt >= attempts { throw failure }
            try await pause(afterAttempt: attempt, failure, deadline: deadline)
            attempt += 1
        }
    }

    /// In a buffer of its own size: it is held until the reply is there, by every run that waits for one.
    private static func fitted(_ bytes: [UInt8]) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(bytes.count)
        body += bytes
        return body
    }

    /// Asks for something that is free: any answer is a sign of life, but for a key that is refused and a gateway with nobody
    /// behind it.
    ///
    /// Many compatible servers do not serve the list of models (404, 405), and some keys may not read it (403): both say
    /// nothing about the calls to come.
    package func probe() async throws(ModelError) {
        let response: HTTPResponse
        let bytes: [UInt8]
        do {
            let request = request("GET", configuration.probeURL, timeLimit: Self.probeTime)
            response = try await transport.send(request)
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
            let failure = ProviderFailure(status: response.status, body: bytes, key: configuration.key)
            // Nothing was asked for that could have been paid: here a gateway's word is that nobody is there.
            throw response.status == 401
                ? failure.error(retryAfter: wait)
                : .unavailable("nobody answers behind the gateway: \(failure.message)")
        default: return
        }
    }

    /// What is asked for is short and comes from memory.
    private static let probeTime = Duration.seconds(10)
    /// How long the end of a body may take behind the end of its stream, so that the connection can be used again.
    private static let drainTime = Duration.milliseconds(200)

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
        if configuration.streams {
            httpRequest.headers.set("accept", "text/event-stream, application/json")
            httpRequest.idleTimeout = configuration.silenceLimit
            httpRequest.responseLimit = configuration.streamLimit
        }
        let response: HTTPResponse
        do {
            response = try await transport.send(httpRequest)
        } catch {
            throw modelError(error)
        }
        guard (200..<300).contains(response.status) else { throw await refusal(response) }
        return modelReply(try await read(response), request)
    }

    /// Reads until the reply is whole; where its last word has come, the fate of the connection is no matter.
    private func read(_ response: HTTPResponse) async throws(ModelError) -> ProviderReply {
        var reader = ReplyReader(
            format: configuration.format, contentType: response.headers.first("content-type"),
            limit: configuration.replyLimit, key: configuration.key)
        var pieces = response.body.makeAsyncIterator()
        while true {
            let piece: [UInt8]?
            do {
                piece = try await pieces.next()
            } catch {
                return try reader.finish(after: modelError(error))
            }
            guard let piece else { return try reader.finish() }
            if try reader.take(piece) { break }
        }
        let reply = try reader.finish()
        await drain(response.body)
        return reply
    }

    private func drain(_ body: HTTPBody) async {
        do {
            try await withDeadline(Self.drainTime, time: time) {
                var rest = body.makeAsyncIterator()
                while try await rest.next() != nil {}
            }
        } catch {
            // The connection is given up instead; the reply is there.
        }
    }

    private func refusal(_ response: HTTPResponse) async -> ModelError {
        let bytes: [UInt8]
        do {
            bytes = try await response.body.collect(upTo: configuration.replyLimit)
        } catch {
            // The status says enough.
            bytes = []
        }
        let wait = RetryPolicy.wait(in: response.headers, now: time.wallNow())
        return ProviderFailure(status: response.status, body: bytes, key: configuration.key).error(retryAfter: wait)
    }

    private func request(_ method: String, _ url: String, timeLimit: Duration) -> HTTPRequest {
        var headers: HTTPHeaders = ["accept": "application/json"]
        for (name, value) in configuration.format.headers(key: configuration.key) { headers.set(name, value) }
        for (name, value) in configuration.extraHeaders { headers.set(name, value) }
        return HTTPRequest(
            method: method, url: url, headers: headers, tls: configuration.tls, pool: .model,
            connectTimeout: min(configuration.connectTimeout, timeLimit), totalTimeout: timeLimit,
            responseLimit: configuration.replyLimit, refusesLinkLocal: true)
    }

    private func modelReply(_ reply: ProviderReply, _ request: ModelRequest) -> ModelReply {
        ModelReply(
            content: reply.refusal ?? reply.content, toolCalls: reply.toolCalls, reasoning: reply.reasoning,
            finishReason: reply.finishReason, usage: usage(of: reply, request),
            reportedCost: reply.reportedCost, modelID: reply.modelID ?? configuration.model)
    }

    /// Nobody is billed for more than any model can take: such figures are made up, and the bound is charged in their place.
    private func usage(of reply: ProviderReply, _ request: ModelRequest) -> TokenUsage {
        guard let claimed = reply.usage else { return guess(request, reply) }
        // Twice the window, since a table may be older than a model's latest.
        let most = configuration.facts?.contextTokens.map { 2 * Int64($0) } ?? Self.mostTokens
        let figures = [
            claimed.inputTokens, claimed.outputTokens, claimed.cacheReadTokens, claimed.cacheWriteTokens,
            claimed.reasoningTokens,
        ]
        guard figures.allSatisfy({ $0 <= most }) else { return worstCase(request) }
        return completed(claimed, by: guess(request, reply), isSilent: reply.isSilent)
    }

    /// Nor is anybody asked something in no tokens, or answered in none: such a figure is missing, whatever stands there.
    private func completed(_ claimed: TokenUsage, by guess: TokenUsage, isSilent: Bool) -> TokenUsage {
        var usage = claimed
        if claimed.inputTokens == 0 { (usage.inputTokens, usage.isEstimated) = (guess.inputTokens, true) }
        if claimed.outputTokens == 0, !isSilent {
            (usage.outputTokens, usage.isEstimated) = (guess.outputTokens, true)
        }
        return usage
    }

    /// No model has a window of so many.
    private static let mostTokens: Int64 = 10_000_000

    /// A server that reports no usage is charged the bound, marked as an estimate: never nothing.
    ///
    /// At a vendor it means that the end of a stream was lost, and what the model thought before it spoke is not to be seen.
    private func guess(_ request: ModelRequest, _ reply: ProviderReply) -> TokenUsage {
        var usage = worstCase(request)
        if configuration.isAtVendor { return usage }
        let words = reply.content.utf8.count + (reply.refusal?.utf8.count ?? 0)
        let calls = reply.toolCalls.reduce(0) { $0 + $1.arguments.utf8.count + 16 }
        usage.outputTokens = min(usage.outputTokens, Int64(words + calls))
        return usage
    }

    private func modelError(_ error: HTTPError) -> ModelError {
        let text = configuration.key?.scrub(error.description) ?? error.description
        switch error {
        case .cancelled: return .cancelled
        case .refusedAddress(let address): return .addressRefused(address)
        case .invalidRequest, .tls: return .invalidRequest(text)
        case .tooLarge: return .malformedReply(text)
        case .timedOut where error.mayHaveReachedServer: return .timedOut
        default:
            return error.mayHaveReachedServer
                ? .connectionLost("the connection was lost during the reply: \(text)")
                : .unavailable("the provider cannot be reached: \(text)")
        }
    }
}
