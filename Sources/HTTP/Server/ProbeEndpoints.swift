package import Telemetry

/// Answers `/healthz`, `/readyz` and `/metrics`.
///
/// `/readyz` is 503 and names what is missing until nothing is; `/healthz` is 500 when the process should be restarted.
package struct ProbeEndpoints: Sendable {
    private let metrics: MetricsRegistry
    private let isAlive: @Sendable () async -> Bool
    private let missing: @Sendable () async -> [String]

    /// `missing` says what the process still waits for before it is ready.
    package init(
        metrics: MetricsRegistry, isAlive: @escaping @Sendable () async -> Bool = { true },
        missing: @escaping @Sendable () async -> [String]
    ) {
        self.metrics = metrics
        self.isAlive = isAlive
        self.missing = missing
    }

    package func answer(_ request: ServerRequest) async -> ServerResponse {
        guard ["GET", "HEAD"].contains(request.method) else {
            return ServerResponse(status: 405, headers: ["Allow": "GET, HEAD"])
        }
        switch request.path {
        case "/healthz":
            return await isAlive() ? ServerResponse(text: "ok\n") : ServerResponse(status: 500, text: "not alive\n")
        case "/readyz":
            let missing = await missing()
            guard !missing.isEmpty else { return ServerResponse(text: "ok\n") }
            let lines = missing.map { "waiting for \($0)\n" }
            return ServerResponse(status: 503, text: lines.joined())
        case "/metrics":
            return ServerResponse(
                text: metrics.prometheusText(), contentType: "text/plain; version=0.0.4; charset=utf-8")
        default:
            return ServerResponse(status: 404, text: "not found\n")
        }
    }
}
