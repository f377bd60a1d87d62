package import Telemetry

/// Answers `/healthz`, `/readyz` and `/metrics`; the server around it is the program's.
package struct Probes: Sendable {
    package struct Check: Sendable {
        package let name: String
        package let isWell: @Sendable () -> Bool

        package init(_ name: String, isWell: @escaping @Sendable () -> Bool) {
            self.name = name
            self.isWell = isWell
        }
    }

    private let liveness: [Check]
    private let readiness: [Check]
    private let metrics: MetricsRegistry?

    package init(liveness: [Check] = [], readiness: [Check] = [], metrics: MetricsRegistry? = nil) {
        self.liveness = liveness
        self.readiness = readiness
        self.metrics = metrics
    }

    package var isReady: Bool { readiness.allSatisfy { $0.isWell() } }

    /// Nil for paths that are not ours.
    package func answer(path: String) -> ProbeAnswer? {
        switch path.prefix(while: { $0 != "?" }) {
        case "/healthz", "/livez": return answer(liveness)
        case "/readyz": return answer(readiness)
        case "/metrics":
            guard let metrics else { return nil }
            return ProbeAnswer(
                status: 200, contentType: "text/plain; version=0.0.4; charset=utf-8", body: metrics.prometheusText())
        default: return nil
        }
    }

    private func answer(_ checks: [Check]) -> ProbeAnswer {
        let results = checks.map { ($0.name, $0.isWell()) }
        guard results.contains(where: { !$0.1 }) else { return ProbeAnswer(status: 200, body: "ok") }
        let lines = results.map { name, isWell in isWell ? "[+]\(name) ok" : "[-]\(name) failed" }
        return ProbeAnswer(status: 503, body: lines.joined(separator: "\n") + "\n")
    }
}
