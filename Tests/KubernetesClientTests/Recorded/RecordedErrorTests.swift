import HTTP
import JSON
import KubernetesModel
import Testing

@testable import KubernetesClient

/// What real servers of two ages answer, and what it must mean to us.
@Suite struct RecordedErrorTests {
    @Test(arguments: [
        ("v1.20/create-exists", "alreadyExists"), ("v1.36/create-exists", "alreadyExists"),
        ("v1.20/get-404", "notFound"), ("v1.36/get-404", "notFound"),
        ("v1.20/update-conflict", "conflict"), ("v1.36/update-conflict", "conflict"),
        ("v1.20/delete-precondition", "conflict"), ("v1.36/delete-precondition", "conflict"),
        ("v1.20/apply-conflict", "conflict"), ("v1.36/apply-conflict", "conflict"),
        ("v1.20/create-schema-422", "invalid"), ("v1.36/create-schema-422", "invalid"),
        ("v1.36/create-cel-422", "invalid"),
        ("v1.20/too-large", "invalid"), ("v1.36/too-large", "invalid"),
        ("v1.20/json-patch-test-fails", "invalid"), ("v1.36/json-patch-test-fails", "invalid"),
        ("v1.20/list-bad-continue", "badRequest"), ("v1.36/list-bad-continue", "badRequest"),
        ("v1.20/list-future-rv", "serverTimeout"), ("v1.36/list-future-rv", "serverTimeout"),
        ("v1.20/unauthorized-401", "unauthorized"), ("v1.36/unauthorized-401", "unauthorized"),
    ])
    func recordedRefusalsMapToKinds(_ file: String, _ kind: String) async throws {
        let recorded = try Transcript(file)
        let error = KubernetesError.failed(
            Operation(verb: "test"), code: recorded.status, body: recorded.body, retryAfter: nil)
        #expect("\(error.kind)".hasPrefix(kind), "\(error.kind)")
        #expect(error.status?.code == recorded.status)
        #expect(error.isResourceVersionTooLarge == file.contains("future"))
        #expect(error.isPatchRejected == file.contains("test-fails"))
        #expect(error.isConflict == (recorded.status == 409 && !file.contains("exists")))
        #expect(!error.message.isEmpty)
    }

    @Test func causesNameTheField() throws {
        let recorded = try Transcript("v1.36/create-schema-422")
        let error = KubernetesError.failed(
            Operation(verb: "create"), code: recorded.status, body: recorded.body, retryAfter: nil)
        guard case .invalid(let details) = error.kind else { return #expect(Bool(false), "\(error)") }
        #expect(details.causes.first?.field == "spec.priority")
        #expect(error.isUserError)
        #expect(!error.isRetryable)
    }

    @Test(arguments: [
        (400, "badRequest"), (401, "unauthorized"), (403, "forbidden"), (404, "notFound"), (409, "conflict"),
        (410, "expired"), (405, "methodNotAllowed"), (406, "notAcceptable"), (413, "requestTooLarge"),
        (415, "unsupportedMediaType"),
        (418, "status"), (422, "invalid"), (429, "tooManyRequests"), (500, "internalError"),
        (502, "unavailable"), (503, "unavailable"), (504, "serverTimeout"),
    ])
    func aProxyThatKnowsNoStatusIsUnderstoodByItsCode(_ code: Int, _ kind: String) {
        let error = KubernetesError.failed(
            Operation(verb: "get"), code: code, body: Array("<html>oops</html>".utf8), retryAfter: nil)
        #expect("\(error.kind)".hasPrefix(kind), "\(error.kind)")
        #expect(error.message == "HTTP \(code): <html>oops</html>")
    }

    @Test func theErrorSaysWhatWasDoneToWhat() {
        let error = KubernetesError(
            Operation(
                verb: "patch", resource: .deployments, key: ObjectKey(namespace: "n", name: "d"), subresource: "status"),
            status: Status(code: 404, reason: "NotFound", message: "no d"))
        #expect(error.description == "patch deployments.apps/status n/d: no d")
    }
}
