import CurlTransport
import HTTP
import Lifecycle
import Telemetry

/// Runs `body` with a transport whose loop is running, and stops the loop after it.
func withTransport<Value: Sendable>(
    _ change: (inout CurlConfiguration) -> Void = { _ in },
    _ body: @escaping @Sendable (CurlTransport) async throws -> Value
) async throws -> Value {
    var configuration = CurlConfiguration()
    configuration.proxies = .none
    change(&configuration)
    let transport = CurlTransport(configuration: configuration)
    return try await ServiceGroup([transport], logger: .disabled).run { try await body(transport) }
}
