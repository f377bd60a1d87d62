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
            switch StatusReason(status) {
            case .notFound: .notFound
            case .alreadyExists: .alreadyExists
            case .conflict: .conflict
            case .gone, .expired: .expired
            case .invalid: .invalid(status.details ?? StatusDetails())
            case .forbidden: .forbidden
            case .unauthorized: .unauthorized
            case .tooManyRequests: .tooManyRequests(retryAfter: wait)
            case .timeout, .serverTimeout: .serverTimeout
            case .serviceUnavailable: .unavailable
            case .badRequest: .badRequest
            case .methodNotAllowed: .methodNotAllowed
            case .notAcceptable: .notAcceptable
            case .requestEntityTooLarge: .requestTooLarge
            case .unsupportedMediaType: .unsupportedMediaType
            case .internalError, .storeReadError: .internalError
            case nil: .status(status)
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

    /// What a proxy or a load balancer wrote, on one line and without what would garble a terminal.
    private static func plainMessage(code: Int, body: [UInt8]) -> String {
        let text = String(decoding: body.prefix(plainLimit), as: UTF8.self)
        let words = text.split { $0.isWhitespace || ($0.asciiValue ?? 32) < 32 }.joined(separator: " ")
        return words.isEmpty ? "HTTP \(code)" : "HTTP \(code): \(words)" + (body.count > plainLimit ? "…" : "")
    }

    private static let plainLimit = 200
}
