import Primitives
import Telemetry

/// The request metrics under the names that dashboards for client-go expect.
struct RequestMetrics: Sendable {
    private let requests: Counter
    private let durations: Histogram
    private let retries: Counter
    private let lookups: Histogram
    private let host: String

    init(_ registry: MetricsRegistry, server: String) {
        host = Self.host(of: server)
        requests = registry.counter(
            "rest_client_requests_total", "Requests to the API server by status code, method and host.",
            labels: ["code", "method", "host"])
        durations = registry.histogram(
            "rest_client_request_duration_seconds", "Time until the head of the response, by verb and host.",
            labels: ["verb", "host"])
        retries = registry.counter(
            "rest_client_request_retries_total", "Requests that were sent again, by status code, verb and host.",
            labels: ["code", "verb", "host"])
        lookups = registry.histogram(
            "rest_client_dns_resolution_duration_seconds", "Time to look the server's name up, for new connections.",
            labels: ["host"])
    }

    /// The name of the server was looked up, for a new connection.
    func lookedUp(took: Duration) {
        lookups.observe(took, [host])
    }

    /// Counts one exchange; the code is nil when no answer came.
    func sent(method: String, verb: String, code: Int?, took: Duration) {
        requests.add([code.map { String($0) } ?? "<error>", method, host])
        durations.observe(took, [verb, host])
    }

    func repeated(verb: String, code: Int?) {
        retries.add([code.map { String($0) } ?? "<error>", verb, host])
    }

    private static func host(of server: String) -> String {
        let rest = server.split(separator: "/", omittingEmptySubsequences: true).dropFirst()
        return rest.first.map(String.init) ?? server
    }
}
