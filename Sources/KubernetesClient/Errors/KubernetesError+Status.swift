import HTTP
import JSON
package import KubernetesModel
import Primitives

extension KubernetesError {
    /// Maps what the server said to a kind.
    ///
    /// The reason decides where there is one; the code alone is for proxies and old servers that send no `Status`.
    package init(_ operation: Operation, status: Status, retryAfter: Duration? = nil) {
        let wait = retryAfter ?? status.details?.retryAfterSeconds.map { .seconds($0) }
        let kind: Kind =
            switch (status.reason, status.code) {
            case ("NotFound", _): .notFound
            case ("AlreadyExists", _): .alreadyExists
            case ("Conflict", _): .conflict
            case ("Expired", _), ("Gone", _): .expired
            case ("Invalid", _): .invalid(status.details ?? StatusDetails())
            case ("Forbidden", _): .forbidden
            case ("Unauthorized", _): .unauthorized
            case ("TooManyRequests", _): .tooManyRequests(retryAfter: wait)
            case ("Timeout", _), ("ServerTimeout", _): .serverTimeout
            case ("ServiceUnavailable", _): .unavailable
            case (_, 401): .unauthorized
            case (_, 403): .forbidden
            case (_, 404): .notFound
            case (_, 409): .conflict
            case (_, 410): .expired
            case (_, 422): .invalid(status.details ?? StatusDetails())
            case (_, 429): .tooManyRequests(retryAfter: wait)
            case (_, 503), (_, 502): .unavailable
            case (_, 504): .serverTimeout
            default: .status(status)
            }
        self.init(operation, kind, status: status, retryAfter: wait)
    }

    /// Reads the body of a failed answer; a body that is no `Status` becomes the message, shortened.
    static func failed(
        _ operation: Operation, code: Int, body: [UInt8], retryAfter: Duration?
    ) -> KubernetesError {
        var status: Status
        do {
            status = try Status(json: body)
        } catch {
            status = Status(code: code, message: plainMessage(code: code, body: body))
        }
        if status.code == 0 { status.code = code }
        if status.status.isEmpty, status.message.isEmpty {
            status.message = plainMessage(code: code, body: body)
        }
        return KubernetesError(operation, status: status, retryAfter: retryAfter)
    }

    private static func plainMessage(code: Int, body: [UInt8]) -> String {
        let text = String(decoding: body.prefix(200), as: UTF8.self)
        return text.isEmpty ? "HTTP \(code)" : "HTTP \(code): \(text)"
    }
}
