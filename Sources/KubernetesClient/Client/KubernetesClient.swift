package import HTTP
import JSON
import KubernetesModel
package import Primitives
package import Telemetry

/// Speaks to one API server under one identity.
///
/// A value: copies share the connections, the token and the discovery cache. Every error says what was being done to
/// which object.
package struct KubernetesClient: Sendable {
    let sender: RequestSender
    let discovery: Discovery
    private var onWarning: (@Sendable (APIWarning) -> Void)?

    /// `identity` is that of the configuration, to be shared with other clients (nil for one of its own), `metrics` takes
    /// the request metrics under client-go's names, and `seed` is for the jitter of waits and watch timeouts.
    package init(
        configuration: ClientConfiguration, identity: IdentitySource? = nil, transport: any HTTPTransport,
        time: any TimeSource, logger: Logger, metrics: MetricsRegistry? = nil,
        seed: UInt64 = .random(in: .min ... .max)
    ) {
        sender = RequestSender(
            configuration: configuration,
            identities: identity ?? IdentitySource(configuration, time: time, logger: logger),
            transport: transport, time: time, logger: logger, metrics: metrics, seed: seed)
        discovery = Discovery(time: time)
    }

    package var configuration: ClientConfiguration { sender.configuration }

    /// The same client, which hands what the server warns of to `handler` instead of to the log.
    ///
    /// The handler is called before the call that caused it returns, once for each warning of each attempt.
    package func reportingWarnings(
        to handler: @escaping @Sendable (APIWarning) -> Void
    ) -> KubernetesClient {
        var copy = self
        copy.onWarning = handler
        return copy
    }

    /// Sends and reads the whole answer.
    func bytes(_ request: APIRequest) async throws(KubernetesError) -> [UInt8] {
        try await doubting { () throws(KubernetesError) in try await sender.bytes(prepared(request)) }
    }

    /// Sends once; the body of the answer is still to be read.
    func response(_ request: APIRequest) async throws(KubernetesError) -> HTTPResponse {
        try await doubting { () throws(KubernetesError) in try await sender.attempt(prepared(request)) }
    }

    /// A kind that the server does not know any more may be one of several that have gone.
    private func doubting<Answer>(
        _ ask: () async throws(KubernetesError) -> Answer
    ) async throws(KubernetesError) -> Answer {
        do throws(KubernetesError) {
            return try await ask()
        } catch {
            if error.isUnknownResource { discovery.doubt() }
            throw error
        }
    }

    func prepared(_ request: APIRequest) -> APIRequest {
        var request = request
        request.onWarning = onWarning
        return request
    }

    /// Decodes an answer of the kind that was asked for.
    func decode<T: JSONDecodable>(_ type: T.Type, _ bytes: [UInt8], _ operation: Operation) throws(KubernetesError) -> T
    {
        do {
            return try T(json: bytes)
        } catch {
            throw KubernetesError(operation, .decode(error))
        }
    }
}
