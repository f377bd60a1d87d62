package import LanguageModels
package import Primitives

/// A model that is asked no more often than its pool allows, and not at all while its endpoint keeps failing.
///
/// Waiting for the rate limit is part of the call and takes from its time; nobody is charged for it. A call that is held back
/// by an open circuit fails as one whose provider is away, with the time after which it is worth another try.
package struct GovernedModel: LanguageModel {
    /// A call that was given less time than this says nothing about its endpoint by not being answered.
    static let fairTime = Duration.seconds(30)

    private let model: any LanguageModel
    private let traffic: ModelTraffic
    private let line: ModelTraffic.Line
    private let time: any TimeSource

    package init(_ model: any LanguageModel, traffic: ModelTraffic, line: ModelTraffic.Line, time: any TimeSource) {
        self.model = model
        self.traffic = traffic
        self.line = line
        self.time = time
    }

    package var descriptor: ModelDescriptor { model.descriptor }

    package func worstCase(_ request: ModelRequest) -> TokenUsage { model.worstCase(request) }

    package func probe() async throws(ModelError) { try await model.probe() }

    package func objection(to request: ModelRequest) -> String? { model.objection(to: request) }

    package func complete(_ request: ModelRequest) async throws(ModelError) -> ModelReply {
        let bound = model.worstCase(request)
        let tokens = Int(clamping: bound.inputTokens + bound.outputTokens)
        var request = request
        // What is counted here are requests: the pool's rate, failures in a row, and the probes of an open circuit. Whoever
        // asks does so again, and is let through each time or not.
        request.attempts = 1
        try await admit(&request, tokens: tokens)
        do {
            let reply = try await model.complete(request)
            let used = Int(clamping: reply.usage.inputTokens + reply.usage.outputTokens)
            traffic.ended(line, .answered, unused: max(0, tokens - used))
            return reply
        } catch {
            traffic.ended(
                line, Self.outcome(error, timeLimit: request.timeLimit),
                unused: error.mayHaveBeenCharged ? 0 : tokens)
            throw error
        }
    }

    /// Waits until the call may be made, and takes the wait from its time.
    private func admit(_ request: inout ModelRequest, tokens: Int) async throws(ModelError) {
        while true {
            switch traffic.ask(line, tokens: tokens) {
            case .go: return
            case .refused(let wait):
                throw .unavailable(
                    "calls to \(line.endpoint) are held back after its failures (circuit breaker of WorkerPool "
                        + "\(line.pool))", retryAfter: wait)
            case .wait(let wait):
                guard wait < request.timeLimit else { throw .rateLimited(full, retryAfter: wait) }
                do { try await time.sleep(for: wait) } catch { throw .cancelled }
                request.timeLimit -= wait
            }
        }
    }

    private var full: String { "the rateLimit of WorkerPool \(line.pool) has no room for the call in the time it has" }

    static func outcome(_ error: ModelError, timeLimit: Duration) -> ModelTraffic.Outcome {
        switch error {
        case .unavailable, .connectionLost, .malformedReply: .failed
        case .timedOut: timeLimit < fairTime ? .unknown : .failed
        // Somebody is there and says no.
        case .authenticationFailed, .quotaExhausted, .rateLimited, .invalidRequest, .refused: .answered
        case .credentialsMissing, .addressRefused, .cancelled: .unknown
        }
    }
}
