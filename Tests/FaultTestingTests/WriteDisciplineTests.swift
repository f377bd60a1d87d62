import JSON
import Testing

@testable import FaultTesting

/// O6: each way of writing that is not allowed is noticed, and no other.
@Suite struct WriteDisciplineTests {
    private static let guarded: JSONObject = ["uid": "u", "resourceVersion": "7"]

    private static let allowed: [JournalEntry] = [
        .request("delete", "namespaces", body: ["preconditions": ["uid": "u"]]),
        .request("create", "configmaps", query: ["fieldManager": "aiops-worker"]),
        .request("patch", "services", query: ["fieldManager": "deploy"], body: ["spec": [:]]),
        .request(
            "patch", "aiopstasks", group: "aiops.dev", query: ["fieldManager": "aiops-operator"],
            body: ["metadata": .object(guarded)]),
        .request(
            "patch", "aiopstasks", group: "aiops.dev", query: ["fieldManager": "aiops-operator"],
            body: [["op": "test", "path": "/metadata/uid", "value": "u"]]),
        .request("delete", "namespaces", query: ["dryRun": "All"]),
        .request("get", "namespaces"),
    ]

    private static let forbidden: [(JournalEntry, String)] = [
        (.request("delete", "namespaces"), "without the uid"),
        (.request("delete", "namespaces", body: ["preconditions": ["uid": ""]]), "without the uid"),
        (.request("create", "configmaps"), "without a field manager"),
        (.request("create", "configmaps", query: ["fieldManager": "kubectl"]), "as kubectl"),
        (
            .request(
                "patch", "aiopstasks", group: "aiops.dev", query: ["fieldManager": "aiops-operator"],
                body: ["metadata": ["uid": "u"]]), "without a version or a test"
        ),
        (
            .request(
                "patch", "aiopstasks", group: "aiops.dev", query: ["fieldManager": "aiops-operator"],
                body: [["op": "replace", "path": "/status", "value": [:]]]), "without a version or a test"
        ),
    ]

    @Test func whatIsNotAllowedIsNoticedAndNothingElse() {
        #expect(WriteDiscipline.violations(Self.allowed) == [])
        for (write, complaint) in Self.forbidden {
            let found = WriteDiscipline.violations([write])
            #expect(found.count == 1 && found.first?.contains(complaint) == true, "\(complaint): \(found)")
        }
    }

    private static let audited = ["a", "b"].map {
        AuditLog.Entry(id: $0, user: "operator", verb: "create", resource: "pods", status: 201)
    }

    @Test func whatWentPastTheProxyIsNoticed() {
        let journal = [JournalEntry.request("create", "pods", status: 201, auditID: "a")]
        #expect(WriteDiscipline.pastTheProxy(Self.audited, journal: journal).count == 1)
        #expect(WriteDiscipline.pastTheProxy(Array(Self.audited.prefix(1)), journal: journal) == [])
    }

    /// What came before the log's part is no finding; what it lacks in the middle is.
    @Test func whatTheServerDoesNotKnowIsNoticed() {
        let journal = ["before", "a", "lost", "b"].map {
            JournalEntry.request("create", "pods", status: 201, auditID: $0)
        }
        #expect(WriteDiscipline.unknown(to: Self.audited, journal: journal).count == 1)
        let refused = JournalEntry.request("create", "pods", status: 409, auditID: "refused")
        #expect(WriteDiscipline.unknown(to: Self.audited, journal: [journal[1], refused, journal[3]]) == [])
    }
}

extension JournalEntry {
    /// As the proxy's journal has it.
    static func request(
        _ verb: String, _ resource: String, group: String = "", name: String = "it", query: JSONObject = [:],
        body: JSONValue? = nil, status: Int64 = 200, auditID: String? = nil, fault: String? = nil
    ) -> JournalEntry {
        var value: JSONValue = [
            "verb": .string(verb), "group": .string(group), "resource": .string(resource), "name": .string(name),
            "namespace": "n", "subresource": "", "query": .object(query), "status": .integer(status),
        ]
        if let body { value["body"] = body }
        if let auditID { value["auditID"] = .string(auditID) }
        if let fault { value["fault"] = .string(fault) }
        return JournalEntry(value: value)
    }
}
