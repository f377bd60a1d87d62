package import HTTP
package import JSON
package import KubernetesModel
import Primitives

/// Why a request to the cluster, or the preparation of one, failed.
package struct KubernetesError: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable {
        case notFound
        case alreadyExists
        /// Somebody else wrote first, a precondition did not hold, or another manager owns an applied field.
        case conflict
        /// The version or continue token asked for is no longer kept (410).
        case expired
        /// The object, or the patch, breaks the rules of its kind.
        case invalid(StatusDetails)
        case forbidden
        case unauthorized
        case tooManyRequests(retryAfter: Duration?)
        case serverTimeout
        case unavailable
        /// The request makes no sense to the server: an unknown parameter, an unknown field under strict validation.
        case badRequest
        case methodNotAllowed
        /// The server cannot answer in the form asked for (406).
        case notAcceptable
        /// The body is larger than the server or etcd takes (413).
        case requestTooLarge
        /// The body is in a form the resource does not take, such as a strategic patch of a custom resource (415).
        case unsupportedMediaType
        /// The server failed, or could not read what it has stored.
        case internalError
        /// Any other answer that is not a success.
        case status(Status)
        case transport(HTTPError)
        /// The answer was not what the kind promises.
        case decode(JSONError)
        /// The identity or the request cannot be built from what was given.
        case configuration(String)
        /// A credential plugin gave none: it may be that somebody has to log in, or that it could not reach its server.
        case credentials(String)
    }

    package var operation: Operation
    package var kind: Kind
    /// What the server said, when it said anything.
    package var status: Status?
    /// How long the server asks to wait; nil when it did not say.
    package var retryAfter: Duration?

    package init(_ operation: Operation, _ kind: Kind, status: Status? = nil, retryAfter: Duration? = nil) {
        self.operation = operation
        self.kind = kind
        self.status = status
        if case .tooManyRequests(let wait?) = kind {
            self.retryAfter = wait
        } else {
            self.retryAfter = retryAfter ?? status?.details?.retryAfterSeconds.map { .seconds($0) }
        }
    }

    package static func configuration(_ message: String) -> KubernetesError {
        KubernetesError(Operation(verb: "configure"), .configuration(message))
    }

    /// True when the same request may succeed later without anybody changing anything.
    package var isRetryable: Bool {
        switch kind {
        case .conflict, .expired, .tooManyRequests, .serverTimeout, .unavailable, .internalError, .credentials: true
        case .status(let status): status.code >= 500
        case .transport(let error): error.isRetryable
        case .notFound, .alreadyExists, .invalid, .forbidden, .unauthorized, .badRequest, .methodNotAllowed,
            .notAcceptable, .requestTooLarge, .unsupportedMediaType, .decode, .configuration:
            false
        }
    }

    /// True when somebody has to change an object, a right or a configuration.
    package var isUserError: Bool {
        switch kind {
        case .invalid, .forbidden, .unauthorized, .badRequest, .methodNotAllowed, .notAcceptable, .requestTooLarge,
            .unsupportedMediaType, .configuration, .credentials:
            true
        case .status(let status): (400..<500).contains(status.code)
        case .transport(let error): error.isUserError
        default: false
        }
    }

    package var isNotFound: Bool { if case .notFound = kind { true } else { false } }
    /// True when the server knows nothing of the kind itself, in contrast to an object that is not there.
    package var isUnknownResource: Bool {
        guard isNotFound, let status else { return false }
        if (status.details?.name ?? "").isEmpty,
            status.message.hasPrefix("the server could not find the requested resource")
        {
            return true
        }
        // Of a custom kind, or of a group that nobody serves, a line of plain text is all the server says.
        return status.details == nil && status.reason.isEmpty && status.message.hasSuffix("404 page not found")
    }
    package var isAlreadyExists: Bool { if case .alreadyExists = kind { true } else { false } }
    package var isConflict: Bool { if case .conflict = kind { true } else { false } }
    package var isExpired: Bool { if case .expired = kind { true } else { false } }
    /// True when nobody waits for the answer any more, or this process may not send what was asked for.
    package var isCancelled: Bool {
        switch kind {
        case .transport(.cancelled), .transport(.notPermitted): true
        default: false
        }
    }

    /// True when a `test` of a JSON patch did not hold (or the patch could not be applied at all).
    ///
    /// The server answers 422 and, unlike for an object that breaks its rules, names no cause.
    package var isPatchRejected: Bool {
        guard case .invalid(let details) = kind, details.causes.isEmpty, let status else { return false }
        return status.message.hasPrefix("the server rejected our request due to an error in our request")
            || status.message.contains("testing value")
    }

    /// True when the server is behind the version asked for: the answer is to ask without one.
    package var isResourceVersionTooLarge: Bool {
        guard let status else { return false }
        // Servers before 1.17 send the message without the cause.
        return status.hasCause("ResourceVersionTooLarge") || status.message.contains("Too large resource version")
    }

    /// What went wrong, in words for a person, without the operation.
    package var message: String {
        if let status, !status.message.isEmpty { return status.message }
        return switch kind {
        case .notFound: "not found"
        case .alreadyExists: "already exists"
        case .conflict: "conflict"
        case .expired: "the version asked for is no longer kept"
        case .invalid: "the object is invalid"
        case .forbidden: "forbidden"
        case .unauthorized: "the credentials were not accepted"
        case .tooManyRequests: "the API server is busy"
        case .serverTimeout: "the API server ran out of time"
        case .unavailable: "the API server is not available"
        case .badRequest: "bad request"
        case .methodNotAllowed: "the resource does not know this method"
        case .notAcceptable: "the server cannot answer in this form"
        case .requestTooLarge: "the object is too large"
        case .unsupportedMediaType: "the resource does not take this form of body"
        case .internalError: "the API server failed"
        case .status(let status): "HTTP \(status.code) \(status.reason)"
        case .transport(let error): "\(error)"
        case .decode(let error): "unreadable answer: \(error)"
        case .configuration(let text), .credentials(let text): text
        }
    }

    package var description: String {
        if case .configuration(let text) = kind { return text }
        return "\(operation): \(message)"
    }
}
