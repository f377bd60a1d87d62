import Primitives

/// Gives the bearer token for the next request.
///
/// Invariants: a token file is read at most once per ``refreshInterval``, plus once after each refusal by the server;
/// while it cannot be read, the last token that could be is kept.
final class TokenSource: Sendable {
    private struct Cached {
        var token: String?
        var readAt: Duration?
    }

    /// The figure client-go uses for projected tokens, which the kubelet renews long before they end.
    static let refreshInterval = Duration.seconds(60)

    private let credential: Credential
    private let files: any FileSource
    private let time: any TimeSource
    private let cached = Locked(Cached())

    init(credential: Credential, files: any FileSource, time: any TimeSource) {
        self.credential = credential
        self.files = files
        self.time = time
    }

    func token() throws(KubernetesError) -> String? {
        switch credential {
        case .none: return nil
        case .token(let token): return token
        case .tokenFile(let path):
            let now = time.monotonicNow()
            let known = cached.withLock { $0 }
            if let token = known.token, let readAt = known.readAt, now - readAt < Self.refreshInterval { return token }
            return try read(path, now, orKeep: known.token)
        }
    }

    /// After a 401: true when there is another token to try than the one refused.
    func refresh(refused: String?) throws(KubernetesError) -> Bool {
        guard case .tokenFile(let path) = credential else { return false }
        return try read(path, time.monotonicNow(), orKeep: nil) != refused
    }

    private func read(_ path: String, _ now: Duration, orKeep old: String?) throws(KubernetesError) -> String {
        do {
            if let bytes = try files.read(path) {
                let token = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
                if !token.isEmpty {
                    cached.withLock { $0 = Cached(token: token, readAt: now) }
                    return token
                }
            }
        } catch {
            guard let old else { throw .configuration("cannot read token file \(error)") }
            return old
        }
        guard let old else { throw .configuration("token file \(path) is missing or empty") }
        return old
    }
}
