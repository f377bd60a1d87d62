import HTTP
import JSON
import KubernetesModel
import KubernetesTesting
import LifecycleTesting
import Primitives
import Testing

/// Holds the in-memory server to what a real one (1.36) answered to the very same requests.
@Suite struct MemoryConformanceTests {
    private static let tasks = ResourceType(
        group: "aiops.dev", version: "v1alpha1", kind: "AIOpsTask", plural: "aiopstasks")

    let server: InMemoryAPIServer
    let time = ManualTimeSource()

    init() {
        server = InMemoryAPIServer(
            types: [ServedType(Self.tasks, defaultStatus: ["observedGeneration": -1])], time: time)
        server.put(
            Self.tasks,
            [
                "metadata": [
                    "name": "t1", "namespace": "default", "uid": "b2d8cb82-914a-4b79-8f29-32411076d8b5",
                    "finalizers": ["aiops.dev/release"], "labels": ["a": "b"],
                ], "spec": ["problem": ["id": "p1"], "priority": 3], "status": ["observedGeneration": 1],
            ])
        for number in 0..<8 {
            server.put(
                Self.tasks,
                ["metadata": ["name": .string("l\(number)"), "namespace": "default"], "spec": ["priority": 3]])
        }
    }

    private func replay(_ recorded: Transcript) async throws -> (status: Int, body: JSONValue) {
        let response = try await server.send(
            HTTPRequest(
                method: recorded.method, url: "https://memory" + recorded.path,
                headers: ["Content-Type": recorded.contentType], body: recorded.requestBody))
        let body = try await response.body.collect()
        return (response.status, try JSONValue(parsing: body))
    }

    /// Refusals: code, reason, what it was about and the message, word for word where no version is in it.
    @Test(arguments: [
        "create-exists", "get-404", "update-conflict", "delete-precondition", "json-patch-test-fails",
        "list-future-rv",
    ])
    func refusalsAreThoseOfARealServer(_ name: String) async throws {
        let recorded = try Transcript("v1.36/\(name)")
        let real = try JSONValue(parsing: recorded.body)
        let ours = try await replay(recorded)
        #expect(ours.status == recorded.status)
        for field in ["kind", "status", "reason", "code"] { #expect(ours.body[field] == real[field], "\(field)") }
        #expect(ours.body["details"]?["causes"] == real["details"]?["causes"])
        #expect(ours.body["details"]?["retryAfterSeconds"] == real["details"]?["retryAfterSeconds"])
        let exceptions = ["delete-precondition", "list-future-rv"]
        if exceptions.contains(name) {
            let start = try #require(real["message"]?.stringValue?.prefix(20))
            #expect(ours.body["message"]?.stringValue?.hasPrefix(start) == true)
        } else {
            #expect(ours.body["message"] == real["message"])
            #expect((ours.body["details"] ?? [:]) == (real["details"] ?? [:]))
        }
    }

    @Test(arguments: ["watchlist-bad"])
    func aWatchThatAsksWronglyIsRefused(_ name: String) async throws {
        let recorded = try Transcript("v1.36/\(name)")
        let real = try JSONValue(parsing: Array(try #require(recorded.frames.first).utf8))
        let ours = try await replay(recorded)
        #expect(ours.status == recorded.status)
        #expect(ours.body["message"] == real["message"])
        #expect(ours.body["details"] == real["details"])
    }

    @Test func aDeletionWithAFinalizerLooksTheSame() async throws {
        let recorded = try Transcript("v1.36/delete-with-finalizer")
        let real = try JSONValue(parsing: recorded.body)
        let ours = try await replay(recorded)
        #expect(ours.status == recorded.status)
        for field in ["finalizers", "labels", "name", "namespace", "uid", "generation", "deletionGracePeriodSeconds"] {
            #expect(ours.body["metadata"]?[field] == real["metadata"]?[field], "\(field)")
        }
        #expect(ours.body["metadata"]?["deletionTimestamp"]?.stringValue == time.wallNow().rfc3339)
        #expect(ours.body["spec"] == real["spec"])
    }

    @Test func anAppliedStatusLooksTheSame() async throws {
        let recorded = try Transcript("v1.36/apply-status")
        let real = try JSONValue(parsing: recorded.body)
        let ours = try await replay(recorded)
        #expect(ours.status == recorded.status)
        #expect(ours.body["status"] == real["status"])
        #expect(ours.body["metadata"]?["generation"] == real["metadata"]?["generation"])
    }

    @Test func aPageLooksTheSame() async throws {
        let recorded = try Transcript("v1.36/list-page-1")
        let real = try JSONValue(parsing: recorded.body)
        let ours = try await replay(recorded)
        #expect(ours.body["kind"] == real["kind"])
        #expect(ours.body["apiVersion"] == real["apiVersion"])
        func names(_ list: JSONValue) -> [String?] {
            (list["items"]?.arrayValue ?? []).map { $0["metadata"]?["name"]?.stringValue }
        }
        #expect(names(ours.body) == names(real))
        #expect(Set(ours.body["metadata"]?.objectValue?.keys ?? []) == Set(real["metadata"]?.objectValue?.keys ?? []))
    }
}
