/// Why an exchange did not complete; an HTTP status is never an error here.
package enum HTTPError: Error, Sendable, Hashable {
    /// The request itself cannot be sent: a bad URL, a header with a line break, bad key material.
    case invalidRequest(String)
    /// The host is, or its name stands for, an address that the request refuses (`HTTPRequest.refusesLinkLocal`).
    case refusedAddress(String)
    case resolve(String)
    case connect(String)
    case tls(String)
    case timedOut(HTTPPhase)
    /// The connection broke before a single byte of the request was on it.
    case notSent(String)
    /// The connection ended before the response did. `bytesSeen` tells whether any byte of the response had
    /// come, and so whether the server has surely acted on the request; without one nobody knows whether it has.
    case reset(bytesSeen: Bool, String)
    /// The body went past the request's `responseLimit`, or past what the caller would collect.
    case tooLarge(limit: Int)
    /// A watch's consumer left more than `limit` bytes unread, so the watch was given up.
    case fellBehind(limit: Int)
    case cancelled
    /// The right to send ran out before or while the request was under way (see `SendPermit`).
    case notPermitted
    /// The transport has been stopped; it takes no more requests.
    case stopped
    /// The server answered the WebSocket handshake with something else than 101.
    case webSocketRefused(status: Int, body: [UInt8])
    /// The peer broke HTTP or WebSocket rules.
    case protocolViolation(String)
}

/// The part of an exchange that a time limit belongs to.
package enum HTTPPhase: String, Sendable, Hashable {
    /// Waiting for a connection or making one: nothing of the request has been sent.
    case connecting
    /// From sending the request to the first byte of the response.
    case firstByte
    case idle, total
}

/// What is known of a request whose exchange failed.
package enum RequestFate: Sendable, Hashable {
    /// No byte of it has left: the server knows nothing of it.
    case notSent
    /// Some or all of it has left, and nothing came back: it may have been carried out or not.
    case unknown
    /// The server has begun to answer it.
    case answered
}

extension HTTPError {
    /// Whether the same exchange may succeed later; says nothing about whether repeating it is safe.
    package var isRetryable: Bool {
        switch self {
        case .resolve, .connect, .timedOut, .notSent, .reset, .fellBehind: true
        case .invalidRequest, .refusedAddress, .tls, .tooLarge, .cancelled, .notPermitted, .stopped, .webSocketRefused,
            .protocolViolation:
            false
        }
    }

    /// Whether the cause is what the user configured (address, certificates) rather than the weather.
    package var isUserError: Bool {
        switch self {
        case .invalidRequest, .refusedAddress, .tls, .resolve: true
        default: false
        }
    }

    /// Whether the server may have seen the request, so that repeating a write could apply it twice.
    package var mayHaveReachedServer: Bool { fate != .notSent }

    package var fate: RequestFate {
        switch self {
        case .invalidRequest, .refusedAddress, .resolve, .connect, .tls, .timedOut(.connecting), .notSent: .notSent
        case .timedOut, .reset(bytesSeen: false, _), .cancelled, .notPermitted, .stopped: .unknown
        case .reset(bytesSeen: true, _), .tooLarge, .fellBehind, .webSocketRefused, .protocolViolation: .answered
        }
    }
}

extension HTTPError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .invalidRequest(let why): "the request cannot be sent: \(why)"
        case .refusedAddress(let address): "the address is not allowed: \(address)"
        case .resolve(let why): "the host name was not found: \(why)"
        case .connect(let why): "no connection: \(why)"
        case .tls(let why): "TLS failed: \(why)"
        case .timedOut(.connecting): "timed out while connecting"
        case .timedOut(.firstByte): "timed out: the server did not begin to answer"
        case .timedOut(.idle): "timed out: the server fell silent"
        case .timedOut(.total): "timed out: the exchange took too long"
        case .notSent(let why): "the connection broke before the request was sent: \(why)"
        case .reset(true, let why): "the connection broke within the response: \(why)"
        case .reset(false, let why): "the connection broke before the response: \(why)"
        case .tooLarge(let limit): "the response is larger than \(limit) bytes"
        case .fellBehind(let limit): "the reader left more than \(limit) bytes of a watch unread"
        case .cancelled: "cancelled"
        case .notPermitted: "this process does not hold the right to send it any more"
        case .stopped: "the transport has been stopped"
        case .webSocketRefused(let status, _): "the WebSocket was refused with status \(status)"
        case .protocolViolation(let why): "the peer broke the protocol: \(why)"
        }
    }
}
