/// Why a list or a watch did not go on, as far as the watcher behaves differently.
package enum WatchFailure: Error, Sendable, Hashable {
    /// The version asked for is no longer in the server's history (410).
    case expired
    /// The server asks to come back later (429), and perhaps when.
    case throttled(retryAfter: Duration?)
    case failed(String)
}
