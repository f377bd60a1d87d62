/// Why a model did not answer.
///
/// Messages are bounded and never hold a key. Those of a provider that is away, or whose reply is lost, are whole clauses: only
/// where they are made is it known whether anybody answered.
package enum ModelError: Error, Sendable, Hashable {
    /// The provider does not accept the key (401, 403).
    case authenticationFailed(String)
    /// A provider is named and there is no key for it.
    case credentialsMissing(String)
    /// The account has no credit or no quota left (402, 429 with `insufficient_quota`): waiting does not help.
    case quotaExhausted(String)
    /// Too many requests, in the words of whoever limits them; how long the server asked to wait, if it did.
    case rateLimited(String = "", retryAfter: Duration?)
    /// The provider or the way to it is down; nothing was answered, but perhaps how long to wait.
    case unavailable(String, retryAfter: Duration? = nil)
    /// The reply was lost on its way, with the connection or at a gateway, or while it was made: it may have been billed.
    case connectionLost(String)
    case timedOut
    /// The provider does not accept the request (400, 404, 413, 422, a redirect).
    case invalidRequest(String)
    /// The name of the provider's host stands for an address that nothing may be sent to.
    case addressRefused(String)
    /// The provider's filter turned the request down.
    case refused(String)
    /// The answer cannot be understood, or is too large.
    case malformedReply(String)
    case cancelled

    package var isRetryable: Bool {
        switch self {
        case .rateLimited, .unavailable, .connectionLost, .timedOut, .malformedReply: true
        case .authenticationFailed, .credentialsMissing, .quotaExhausted, .invalidRequest, .addressRefused, .refused,
            .cancelled:
            false
        }
    }

    /// How long the server asked to wait before the next try.
    package var retryAfter: Duration? {
        switch self {
        case .rateLimited(_, let wait), .unavailable(_, let wait): wait
        case .authenticationFailed, .credentialsMissing, .quotaExhausted, .connectionLost, .timedOut, .invalidRequest,
            .addressRefused, .refused, .malformedReply, .cancelled:
            nil
        }
    }

    package var isUserError: Bool {
        switch self {
        case .authenticationFailed, .credentialsMissing, .quotaExhausted, .invalidRequest, .addressRefused, .refused:
            true
        case .rateLimited, .unavailable, .connectionLost, .timedOut, .malformedReply, .cancelled: false
        }
    }

    /// Whether a reply may exist somewhere that has to be paid although it never came into our hands.
    package var mayHaveBeenCharged: Bool {
        switch self {
        case .connectionLost, .timedOut, .malformedReply, .cancelled: true
        case .authenticationFailed, .credentialsMissing, .quotaExhausted, .rateLimited, .unavailable, .invalidRequest,
            .addressRefused, .refused:
            false
        }
    }
}

extension ModelError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .authenticationFailed(let message): "the provider refused the key: \(message)"
        case .credentialsMissing(let message): "there is no key: \(message)"
        case .quotaExhausted(let message): "the account has no quota left: \(message)"
        case .rateLimited(let message, let wait):
            (message.isEmpty ? "rate limited" : "rate limited: \(message)")
                + (wait.map { ", to be tried again in \($0)" } ?? "")
        case .unavailable(let message, _), .connectionLost(let message): message
        case .timedOut: "the provider did not answer in time"
        case .invalidRequest(let message): "the provider refused the request: \(message)"
        case .addressRefused(let address):
            "the host of `baseURL` is a link-local address, or its name stands for one (\(address)), and nothing is "
                + "sent to those; name an address that other machines can reach"
        case .refused(let message): "the provider's filter refused the request: \(message)"
        case .malformedReply(let message): "the provider's reply cannot be understood: \(message)"
        case .cancelled: "cancelled"
        }
    }
}
