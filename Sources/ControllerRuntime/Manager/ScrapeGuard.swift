package import KubernetesClient
package import Primitives
package import Telemetry

/// Lets those read `/metrics` whom the API server knows by their token and allows to get that path.
///
/// As controller-runtime does it (`WithAuthenticationAndAuthorization`): a TokenReview, then a SubjectAccessReview. Invariants: a
/// verdict is remembered under the digest of the token and never the token itself, for `memory` at most, and no more than
/// `most` of them; no more than `atOnce` are asked for at a time, so a flood of made-up tokens is no flood for the API server.
package final class ScrapeGuard: Sendable {
    package enum Verdict: Sendable, Hashable {
        case allowed
        /// There is no token, or nobody is known by it.
        case unknown
        case forbidden(String)
        /// Nobody can tell now.
        case unavailable
    }

    private struct State {
        var verdicts: [SHA256Digest: (verdict: Verdict, until: Duration)] = [:]
        var asking = 0
    }

    /// The only path it guards: a verdict is about no other.
    package static let path = "/metrics"
    private static let role = "the chart's ClusterRole that ends in -metrics-reader"
    static let memory = Duration.seconds(60)
    static let most = 256
    static let atOnce = 8

    private let client: KubernetesClient
    private let time: any TimeSource
    private let logger: Logger
    private let state = Locked(State())

    /// The client writes nothing, and needs no right of a leader.
    package init(client: KubernetesClient, time: any TimeSource, logger: Logger) {
        self.client = client
        self.time = time
        self.logger = logger
    }

    /// Nil for whoever may read it, else the answer in its place.
    package func refusal(authorization: String?) async -> ProbeAnswer? {
        switch await verdict(authorization: authorization) {
        case .allowed: nil
        case .unknown:
            ProbeAnswer(
                status: 401,
                body: "send a bearer token of somebody who may get \(Self.path) (\(Self.role))\n")
        case .forbidden(let user):
            ProbeAnswer(
                status: 403, body: "\(user) may not get \(Self.path): bind \(Self.role) to it\n")
        case .unavailable:
            ProbeAnswer(status: 503, body: "the API server cannot be asked now whether this may be read: try again\n")
        }
    }

    package func verdict(authorization: String?) async -> Verdict {
        guard let token = Self.token(authorization) else { return .unknown }
        let digest = SHA256Digest.of(token)
        let now = time.monotonicNow()
        let (known, mayAsk) = state.withLock { state in
            if let known = state.verdicts[digest], now < known.until { return (known.verdict, false) }
            guard state.asking < Self.atOnce else { return (Verdict.unavailable, false) }
            state.asking += 1
            return (Verdict.unavailable, true)
        }
        guard mayAsk else { return known }
        let verdict = await ask(token)
        state.withLock { state in
            state.asking -= 1
            guard verdict != .unavailable else { return }
            let now = time.monotonicNow()
            if state.verdicts.count >= Self.most { state.verdicts = state.verdicts.filter { now < $0.value.until } }
            if state.verdicts.count >= Self.most { state.verdicts = [:] }
            state.verdicts[digest] = (verdict, now + Self.memory)
        }
        return verdict
    }

    private func ask(_ token: String) async -> Verdict {
        do throws(KubernetesError) {
            guard let user = try await client.user(ofToken: token) else { return .unknown }
            return try await client.mayGet(Self.path, user) ? .allowed : .forbidden(user.name)
        } catch {
            logger.warning("who wants to read the metrics could not be found out", ["error": .describing(error)])
            return .unavailable
        }
    }

    /// The token of an `Authorization` header (RFC 6750), within what a header may hold.
    private static func token(_ header: String?) -> String? {
        guard let header, header.utf8.count <= 16_384 else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        let token = parts[1].drop { $0 == " " }
        return token.isEmpty || token.contains(where: \.isWhitespace) ? nil : String(token)
    }
}
