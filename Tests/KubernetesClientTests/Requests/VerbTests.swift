import HTTP
import HTTPTesting
import JSON
import KubernetesClient
import KubernetesModel
import Testing

/// The shape of each request that has no recording.
@Suite struct VerbTests {
    let rig = ClientRig()

    private func sent(
        answer: String = ClientRig.widget(), _ perform: (KubernetesClient) async throws -> Void
    ) async throws -> (line: String, request: HTTPRequest) {
        rig.transport.expect("GET", "*", body: answer)
        for method in ["PATCH", "DELETE", "POST"] { rig.transport.expect(method, "*", body: answer) }
        try await perform(rig.client)
        let request = try #require(rig.transport.requests.last)
        return ("\(request.method) \(request.url.dropFirst("https://api:6443".count))", request)
    }

    private static let scale = #"""
        {"kind":"Scale","metadata":{"name":"a","resourceVersion":"9"},"spec":{"replicas":3},
        "status":{"replicas":2,"selector":"app=a"}}
        """#

    /// Whether a write was the end of its object is told by what it returns, and by nothing else.
    @Test(arguments: [
        (#"{"metadata":{"uid":"u","resourceVersion":"7","deletionTimestamp":"2026-01-01T00:00:00Z"}}"#, true),
        (
            #"{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z","finalizers":[],"uid":"u","resourceVersion":"7"}}"#,
            true
        ),
        (
            #"{"metadata":{"finalizers":["a"],"deletionTimestamp":"2026-01-01T00:00:00Z","uid":"u","resourceVersion":"7"}}"#,
            false
        ),
        (
            #"{"metadata":{"deletionTimestamp":null,"finalizers":null,"uid":"u","resourceVersion":"7"},"spec":{}}"#,
            false
        ),
    ]) func aReceiptTellsTheEndOfAnObject(answer: String, isGone: Bool) throws {
        #expect(
            try WriteReceipt(json: Array(answer.utf8)) == WriteReceipt(uid: "u", resourceVersion: "7", isGone: isGone))
    }

    @Test func scaleIsReadAndWritten() async throws {
        let read = try await sent(answer: Self.scale) {
            let scale = try await $0.scale(.deployments, rig.key)
            #expect(scale.replicas == 3 && scale.currentReplicas == 2 && scale.selector == "app=a")
        }
        #expect(read.line == "GET /apis/apps/v1/namespaces/default/deployments/a/scale")
        let written = try await sent(answer: Self.scale) {
            _ = try await $0.setScale(
                .deployments, rig.key, replicas: 0, resourceVersion: "9", options: WriteOptions(dryRun: true))
        }
        #expect(
            written.line == "PATCH /apis/apps/v1/namespaces/default/deployments/a/scale?fieldManager=aiops-operator"
                + "&dryRun=All")
        #expect(written.request.headers.first("Content-Type") == "application/merge-patch+json")
        #expect(
            try JSONValue(parsing: written.request.body)
                == ["spec": ["replicas": 0], "metadata": ["resourceVersion": "9"]])
    }

    @Test func aCollectionIsDeletedBySelectors() async throws {
        let deleted = try await sent {
            try await $0.deleteCollection(
                .pods, namespace: "n",
                selecting: ListOptions(labelSelector: "a=b", fieldSelector: "status.phase=Failed"),
                DeleteOptions(propagation: .foreground, dryRun: true))
        }
        #expect(
            deleted.line
                == "DELETE /api/v1/namespaces/n/pods?labelSelector=a%3Db&fieldSelector=status.phase%3DFailed")
        #expect(
            try JSONValue(parsing: deleted.request.body) == [
                "apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Foreground", "dryRun": ["All"],
            ])
    }

    @Test func theFormOfAPatchIsSaid() async throws {
        let strategic = try await sent {
            _ = try await $0.patch(Widget.self, rig.key, .strategic(["spec": ["size": 2]]))
        }
        #expect(strategic.request.headers.first("Content-Type") == "application/strategic-merge-patch+json")
        #expect(strategic.request.body == Array(#"{"spec":{"size":2}}"#.utf8))
    }

    @Test func aTypedApplyCarriesTheObject() async throws {
        let applied = try await sent {
            _ = try await $0.apply(Widget("a", size: 2), force: false, options: WriteOptions(fieldManager: "me"))
        }
        #expect(applied.line == "PATCH \(ClientRig.widgets)/a?fieldManager=me")
        #expect(applied.request.headers.first("Content-Type") == "application/apply-patch+yaml")
        #expect(try JSONValue(parsing: applied.request.body)["spec"] == ["size": 2])
    }

    @Test(arguments: [
        (#"{"kind":"Status","status":"Success"}"#, true), (#"{"kind":"Pod","metadata":{"name":"a"}}"#, true),
        (#"{"kind":"Pod","metadata":{"name":"a","deletionTimestamp":"2026-01-01T00:00:00Z"},"status":{}}"#, false),
    ])
    func aDeletionSaysWhetherTheObjectIsGone(_ answer: String, _ isDone: Bool) async throws {
        _ = try await sent(answer: answer) {
            let deletion = try await $0.requestDeletion(.pods, rig.key, DeleteOptions(uid: "u"))
            #expect((deletion == .done) == isDone)
        }
    }

    @Test func metadataAloneIsAskedFor() async throws {
        let object = try await sent { _ = try await $0.getMetadata(.secrets, rig.key) }
        #expect(
            object.request.headers.first("Accept")
                == "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json")
        let watch = try await sent(answer: "") {
            for try await _ in try await $0.watchMetadata(.secrets, options: WatchOptions(timeoutSeconds: 9)) {}
        }
        #expect(watch.line == "GET /api/v1/secrets?watch=1&allowWatchBookmarks=true&timeoutSeconds=9")
        #expect(
            watch.request.headers.first("Accept")
                == "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json")
    }

    @Test(arguments: [
        (WatchOptions(timeoutSeconds: 1), "watch=1&allowWatchBookmarks=true&timeoutSeconds=1"),
        (
            WatchOptions(sendInitialEvents: true, timeoutSeconds: 1),
            "watch=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=1"
        ),
        (
            WatchOptions(resourceVersion: "5", labelSelector: "a", fieldSelector: "b=c", timeoutSeconds: 1),
            "watch=1&allowWatchBookmarks=true&labelSelector=a&fieldSelector=b%3Dc&resourceVersion=5&timeoutSeconds=1"
        ),
    ])
    func aWatchSaysWhereItBegins(_ options: WatchOptions, _ query: String) async throws {
        let watch = try await sent(answer: "") {
            for try await _ in try await $0.watch(Widget.self, options: options) {}
        }
        #expect(watch.line == "GET /apis/test.dev/v1/widgets?\(query)")
    }

    @Test func warningsReachWhoeverAsked() async throws {
        rig.transport.expect(
            "GET", "*", headers: ["Warning": #"299 - "old \"v1\"", 299 - "b""#], body: ClientRig.widget())
        let warnings = Warnings()
        _ = try await rig.client.reportingWarnings(to: warnings.add).get(Widget.self, rig.key)
        #expect(warnings.all == [APIWarning(text: #"old "v1""#), APIWarning(text: "b")])
    }
}
