/// Which set of connections carries a request.
///
/// The pools share nothing: a hundred watches cannot starve a short request, and neither can delay a
/// lease renewal.
package enum HTTPPool: Sendable, Hashable, CaseIterable {
    /// Short requests.
    case request
    /// Streams that stay open; their consumer is never waited for (see `HTTPError.fellBehind`).
    case watch
    /// Lease renewals, on a connection of their own.
    case lease
    /// Language models: HTTP/1.1 always, because libcurl 7.88.1 spins on large HTTP/2 uploads (curl#10618).
    case model
}
