import KubernetesModel

/// Every reason that the API server gives (apimachinery's `StatusReason`), as it spells them.
enum StatusReason: String, CaseIterable {
    case unauthorized = "Unauthorized"
    case forbidden = "Forbidden"
    case notFound = "NotFound"
    case alreadyExists = "AlreadyExists"
    case conflict = "Conflict"
    case gone = "Gone"
    case invalid = "Invalid"
    case serverTimeout = "ServerTimeout"
    case storeReadError = "StoreReadError"
    case timeout = "Timeout"
    case tooManyRequests = "TooManyRequests"
    case badRequest = "BadRequest"
    case methodNotAllowed = "MethodNotAllowed"
    case notAcceptable = "NotAcceptable"
    case requestEntityTooLarge = "RequestEntityTooLarge"
    case unsupportedMediaType = "UnsupportedMediaType"
    case internalError = "InternalError"
    case expired = "Expired"
    case serviceUnavailable = "ServiceUnavailable"

    /// The reason decides where it is a known one; the code alone is for proxies and for servers that give none.
    ///
    /// Nil when neither says anything.
    init?(_ status: Status) {
        if let known = StatusReason(rawValue: status.reason) {
            self = known
            return
        }
        switch status.code {
        case 400: self = .badRequest
        case 401: self = .unauthorized
        case 403: self = .forbidden
        case 404: self = .notFound
        case 405: self = .methodNotAllowed
        case 406: self = .notAcceptable
        case 409: self = .conflict
        case 410: self = .expired
        case 413: self = .requestEntityTooLarge
        case 415: self = .unsupportedMediaType
        case 422: self = .invalid
        case 429: self = .tooManyRequests
        case 500: self = .internalError
        case 502, 503: self = .serviceUnavailable
        case 504: self = .timeout
        default: return nil
        }
    }
}
