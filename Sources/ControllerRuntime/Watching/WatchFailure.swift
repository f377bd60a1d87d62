/// Why a list or a watch did not go on, as far as the watcher behaves differently.
package enum WatchFailure: Error, Sendable, Hashable {
    /// The version asked for is no longer in the server's history (410).
    case expired
    /// The server asks to come back later (429, or 503 and 504 with a time), and perhaps when.
    case throttled(retryAfter: Duration?)
    /// The server does not take the request as it is (400, 404, 422): for a streaming list, that it knows none.
    case refused(String)
    case failed(String)
}

/// For logs: what the server said stands there as it said it, such as which right is missing.
extension WatchFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .expired: "the version asked for is no longer kept"
        case .throttled(let wait?): "the API server asks to come back in \(wait)"
        case .throttled(nil): "the API server asks to come back later"
        case .refused(let words), .failed(let words): words
        }
    }
}
