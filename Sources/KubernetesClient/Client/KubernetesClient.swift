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

    /// `metrics` takes the request metrics under client-go's names, `files` is where a token file is read from, and
    /// `seed` is for the jitter of waits and watch timeouts.
    package init(
        configuration: ClientConfiguration, transport: any HTTPTransport, time: any TimeSource, logger: Logger,
        metrics: MetricsRegistry? = nil, files: any FileSource = LocalFiles(),
        seed: UInt64 = .random(in: .min ... .max)
    ) {
        sender = RequestSender(
            configuration: configuration, transport: transport, time: time, logger: logger, metrics: metrics,
            files: files, seed: seed)
        discovery = Discovery(time: time)
    }

    package var configuration: ClientConfiguration { sender.configuration }

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
