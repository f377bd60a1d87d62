import Primitives
import Telemetry

/// The request metrics under the names that dashboards for client-go expect.
struct RequestMetrics: Sendable {
    private let requests: Counter
    private let durations: Histogram
    private let retries: Counter
    private let lookups: Histogram
    private let sizesSent: Histogram
    private let sizesRead: Histogram
    private let host: String

    init(_ registry: MetricsRegistry, server: String) {
        host = Self.host(of: server)
        requests = registry.counter(
            "rest_client_requests_total", "Requests to the API server by status code, method and host.",
            labels: ["code", "method", "host"])
        durations = registry.histogram(
            "rest_client_request_duration_seconds", "Time until the head of the response, by verb and host.",
            labels: ["verb", "host"], buckets: HistogramBuckets.requestSeconds)
        retries = registry.counter(
            "rest_client_request_retries_total", "Requests that were sent again, by status code, verb and host.",
            labels: ["code", "verb", "host"])
        lookups = registry.histogram(
            "rest_client_dns_resolution_duration_seconds", "Time to look the server's name up, for new connections.",
            labels: ["host"], buckets: HistogramBuckets.requestSeconds)
        sizesSent = registry.histogram(
            "rest_client_request_size_bytes", "Bytes of request bodies, by verb and host.", labels: ["verb", "host"],
            buckets: HistogramBuckets.bodyBytes)
        sizesRead = registry.histogram(
            "rest_client_response_size_bytes", "Bytes of response bodies that were read whole, by verb and host.",
            labels: ["verb", "host"], buckets: HistogramBuckets.bodyBytes)
        lookups.initialize([host])
        for (method, codes) in Self.usualCodes {
            for histogram in [durations, sizesSent, sizesRead] { histogram.initialize([method, host]) }
            for code in codes + Self.failures { requests.initialize([code, method, host]) }
            for code in Self.repeated(method) { retries.initialize([code, method, host]) }
        }
    }

    /// Where no answer came, as in client-go.
    private static let noAnswer = "<error>"
    private static let failures = ["401", "403", "404", "409", "429", "500", "503", "504", noAnswer]
    /// What servers answer each method besides: codes are an open set, the others appear with their first.
    private static let usualCodes = [
        "GET": ["200", "410"], "POST": ["201", "422"], "PUT": ["200", "422"], "PATCH": ["200", "201", "422"],
        "DELETE": ["200", "202"],
    ]

    /// After which answers `RetryPolicy` may send a request again; a POST never where it may have counted.
    private static func repeated(_ method: String) -> [String] {
        ["429", noAnswer] + (method == "POST" ? [] : ["502", "503", "504"])
    }

    /// The name of the server was looked up, for a new connection.
    func lookedUp(took: Duration) {
        lookups.observe(took, [host])
    }

    /// Counts one exchange; the code is nil when no answer came.
    ///
    /// What client-go calls the verb is the method of HTTP as well.
    func sent(method: String, bytes: Int, code: Int?, took: Duration) {
        requests.add([code.map { String($0) } ?? Self.noAnswer, method, host])
        durations.observe(took, [method, host])
        sizesSent.observe(Double(bytes), [method, host])
    }

    /// A response was read to its end; streams are not counted, as in client-go.
    func read(method: String, bytes: Int) {
        sizesRead.observe(Double(bytes), [method, host])
    }

    func repeated(method: String, code: Int?) {
        retries.add([code.map { String($0) } ?? Self.noAnswer, method, host])
    }

    private static func host(of server: String) -> String {
        let rest = server.split(separator: "/", omittingEmptySubsequences: true).dropFirst()
        return rest.first.map(String.init) ?? server
    }
}
