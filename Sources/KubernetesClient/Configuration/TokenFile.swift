import Primitives
import Telemetry

/// Gives the bearer token of a file that is replaced under us.
///
/// Invariants: the file is read at most once per ``refreshInterval``, plus once after each refusal by the server; while it
/// cannot be read, the last token that could be is kept.
final class TokenFile: Sendable {
    private struct Cached {
        var token: String?
        var readAt: Duration?
    }

    /// A token is taken to be good for a minute after it was read, and replaced ten seconds before: the figures of
    /// client-go for projected tokens, which the kubelet renews long before they end.
    static let refreshInterval = Duration.seconds(60) - .seconds(10)

    private let path: String
    private let files: any FileSource
    private let time: any TimeSource
    private let secrets: RotatingSecret?
    private let cached = Locked(Cached())

    init(_ path: String, files: any FileSource, time: any TimeSource, secrets: RotatingSecret?) {
        self.path = path
        self.files = files
        self.time = time
        self.secrets = secrets
    }

    func token() throws(KubernetesError) -> String {
        let now = time.monotonicNow()
        let known = cached.withLock { $0 }
        if let token = known.token, let readAt = known.readAt, now - readAt < Self.refreshInterval { return token }
        return try read(now, orKeep: known.token)
    }

    /// After a 401: the token that is in the file now.
    func reread() throws(KubernetesError) -> String { try read(time.monotonicNow(), orKeep: nil) }

    private func read(_ now: Duration, orKeep old: String?) throws(KubernetesError) -> String {
        do {
            if let bytes = try files.read(path) {
                let token = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
                if !token.isEmpty {
                    secrets?.hold(token)
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
