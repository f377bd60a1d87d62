import CurlTransport
import HTTP
import LanguageModelTesting
import LanguageModels
import Lifecycle
import Primitives
import Telemetry

/// One call of a provider's client, over a real connection to a server whose bytes are given.
struct Conversation: Sendable {
    var wire: Wire
    var change: @Sendable (inout ProviderConfiguration) -> Void = { _ in }

    struct Result: Sendable {
        var outcome: Swift.Result<ModelReply, ModelError>
        var requests: [LoopbackModelServer.Request]
        var waits: [Duration]
    }

    static let question = ModelRequest(
        messages: [ChatMessage(role: .user, content: "hi")], maxTokens: 10, lostReply: .report)

    /// The bytes of a whole answer with its length.
    func http(_ body: String, status: String = "200 OK", type: String? = nil, headers: String = "") -> [UInt8] {
        Array(
            ("HTTP/1.1 \(status)\r\ncontent-type: \(type ?? wire.contentType)\r\n\(headers)"
                + "content-length: \(body.utf8.count)\r\nconnection: close\r\n\r\n\(body)").utf8)
    }

    /// Answers each request with the same bytes.
    func held(
        _ answer: LoopbackModelServer.Answer, asking request: ModelRequest = question
    ) async throws -> Result {
        let server = try LoopbackModelServer { _ in answer }
        var configuration = wire.configuration(server.baseURL)
        change(&configuration)
        let time = SkippingTimeSource()
        var settings = CurlConfiguration()
        settings.proxies = .none
        let transport = CurlTransport(configuration: settings)
        let model = ProviderModel(configuration, transport: transport, time: time, seed: 1)
        let outcome = try await ServiceGroup([transport], logger: .disabled).run {
            () async throws -> Swift.Result<ModelReply, ModelError> in
            do throws(ModelError) {
                return .success(try await model.complete(request))
            } catch {
                return .failure(error)
            }
        }
        return Result(outcome: outcome, requests: server.requests, waits: time.sleeps)
    }

    func held(_ bytes: [UInt8], asking request: ModelRequest = question) async throws -> Result {
        try await held(LoopbackModelServer.Answer(pieces: [bytes]), asking: request)
    }
}

extension ModelError {
    /// The name of the case, for tables.
    var kind: String {
        switch self {
        case .authenticationFailed: "authentication"
        case .credentialsMissing: "credentials"
        case .quotaExhausted: "quota"
        case .rateLimited: "rate"
        case .unavailable: "unavailable"
        case .connectionLost: "lost"
        case .timedOut: "timedOut"
        case .invalidRequest: "invalid"
        case .addressRefused: "address"
        case .refused: "refused"
        case .malformedReply: "malformed"
        case .cancelled: "cancelled"
        }
    }
}
