import HTTP
import JSON
import KubernetesModel
import Testing

@testable import KubernetesClient

@Suite struct ErrorKindTests {
    /// The reason decides, whatever the code; each has a case of its own, and none is left over.
    @Test func everyReasonHasItsCase() {
        var kinds: [String: String] = [:]
        for reason in StatusReason.allCases {
            let error = KubernetesError(
                Operation(verb: "get"), status: Status(code: 418, reason: reason.rawValue, message: "m"))
            kinds[reason.rawValue] = String("\(error.kind)".prefix { $0 != "(" })
        }
        #expect(
            kinds == [
                "Unauthorized": "unauthorized", "Forbidden": "forbidden", "NotFound": "notFound",
                "AlreadyExists": "alreadyExists", "Conflict": "conflict", "Gone": "expired", "Expired": "expired",
                "Invalid": "invalid", "ServerTimeout": "serverTimeout", "Timeout": "serverTimeout",
                "StoreReadError": "internalError", "InternalError": "internalError",
                "TooManyRequests": "tooManyRequests", "BadRequest": "badRequest",
                "MethodNotAllowed": "methodNotAllowed", "NotAcceptable": "notAcceptable",
                "RequestEntityTooLarge": "requestTooLarge", "UnsupportedMediaType": "unsupportedMediaType",
                "ServiceUnavailable": "unavailable",
            ])
    }

    @Test func waitAndCausesAreKept() {
        let body = #"""
            {"status":"Failure","reason":"TooManyRequests","code":429,"details":{"retryAfterSeconds":7,
            "causes":[{"reason":"X","message":"m","field":"f"}]}}
            """#
        let error = KubernetesError.failed(
            Operation(verb: "get"), code: 429, body: Array(body.utf8), retryAfter: nil)
        #expect(error.retryAfter == .seconds(7))
        #expect(error.status?.details?.causes == [StatusCause(reason: "X", message: "m", field: "f")])
        let header = KubernetesError.failed(
            Operation(verb: "get"), code: 429, body: Array(body.utf8), retryAfter: .seconds(3))
        #expect(header.retryAfter == .seconds(3))
    }

    /// What a proxy says is shown, on one line and not all of it.
    @Test func aForeignBodyIsBounded() {
        let page = "<html>\n<h1>502\u{1B}[31m</h1>\t" + String(repeating: "x", count: 100_000)
        let error = KubernetesError.failed(
            Operation(verb: "get"), code: 502, body: Array(page.utf8), retryAfter: nil)
        #expect(error.message.hasPrefix("HTTP 502: <html> <h1>502 [31m</h1> xxx"))
        #expect(error.message.hasSuffix("x…"))
        #expect(error.message.utf8.count < 230)
        #expect(error.isRetryable)
        let empty = KubernetesError.failed(Operation(verb: "get"), code: 500, body: [0xFF, 0xFE], retryAfter: nil)
        #expect(empty.message.hasPrefix("HTTP 500"))
    }
}
