import HTTP
import JSON
import Primitives

/// Remembers what the server said it has; see ``DiscoveryCache``.
///
/// Invariant: one question at a time, whose answer serves everybody who waited for it.
final class Discovery: Sendable {
    private let time: any TimeSource
    private let cache = Locked(DiscoveryCache())
    private let turnstile = Turnstile()

    init(time: any TimeSource) { self.time = time }

    func resources(
        _ apiVersion: String, _ ask: (DiscoveryCache.Question) async throws(KubernetesError) -> HTTPResponse
    ) async throws(KubernetesError) -> [APIResource] {
        let operation = Operation(verb: "discover \(apiVersion)")
        if case .known(let resources) = look(apiVersion) { return resources }
        return try await turnstile.pass(orThrow: KubernetesError(operation, .transport(.cancelled))) {
            () async throws(KubernetesError) in
            // The aggregated form may turn out not to be served, which costs one more question and no more.
            for _ in 0..<3 {
                switch look(apiVersion) {
                case .known(let resources): return resources
                case .ask(let question): try await settle(question, operation, ask)
                }
            }
            return []
        }
    }

    func doubt() { cache.withLock { $0.doubt() } }

    private func look(_ apiVersion: String) -> DiscoveryCache.Answer {
        let now = time.monotonicNow()
        return cache.withLock { $0.resources(apiVersion, now: now) }
    }

    private func settle(
        _ question: DiscoveryCache.Question, _ operation: Operation,
        _ ask: (DiscoveryCache.Question) async throws(KubernetesError) -> HTTPResponse
    ) async throws(KubernetesError) {
        let response: HTTPResponse
        do throws(KubernetesError) {
            response = try await ask(question)
        } catch {
            switch error.kind {
            case .notFound, .notAcceptable:
                let now = time.monotonicNow()
                _ = cache.withLock { $0.miss(question, now: now) }
                return
            default: throw error
            }
        }
        if response.status == 304 {
            let now = time.monotonicNow()
            cache.withLock { $0.confirm(question, now: now) }
            return
        }
        let body: [UInt8]
        do {
            body = try await response.body.collect(upTo: APIRequest.objectLimit)
        } catch {
            throw KubernetesError(operation, .transport(error))
        }
        let now = time.monotonicNow()
        let (contentType, tag) = (response.headers.first("Content-Type") ?? "", response.headers.first("ETag"))
        do throws(JSONError) {
            _ = try cache.withLock { cache throws(JSONError) in
                try cache.take(body, contentType: contentType, tag: tag, to: question, now: now)
            }
        } catch {
            throw KubernetesError(operation, .decode(error))
        }
    }
}
