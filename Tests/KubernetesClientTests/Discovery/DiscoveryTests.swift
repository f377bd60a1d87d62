import HTTP
import HTTPTesting
import JSON
import KubernetesClient
import KubernetesModel
import LifecycleTesting
import Primitives
import Testing

@Suite struct DiscoveryTests {
    let rig = ClientRig()

    private static let aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"

    private static func document(_ group: String, _ version: String, _ resources: String...) -> String {
        let listed = resources.map {
            #"""
            {"resource":"\#($0)s","responseKind":{"kind":"\#($0)"},"scope":"Namespaced","verbs":["get"],
             "subresources":[{"subresource":"status","responseKind":{"kind":"\#($0)"},"verbs":["get"]}]}
            """#
        }
        return #"""
            {"kind":"APIGroupDiscoveryList","items":[{"metadata":{"name":"\#(group)"},"versions":[
            {"version":"\#(version)","freshness":"Current","resources":[\#(listed.joined(separator: ","))]}]}]}
            """#
    }

    private func serve(_ path: String, _ body: String, tag: String) {
        rig.transport.expect("GET", path) { request throws(HTTPError) in
            let isKnown = request.headers.first("If-None-Match") == tag
            return HTTPResponse(
                status: isKnown ? 304 : 200, headers: ["Content-Type": Self.aggregated, "ETag": tag],
                bytes: isKnown ? [] : Array(body.utf8))
        }
    }

    private func names(_ apiVersion: String) async throws -> [String] {
        try await rig.client.resources(apiVersion: apiVersion).map(\.name)
    }

    private var asked: [String] { rig.transport.requests.map { String($0.url.dropFirst("https://api:6443".count)) } }

    @Test func everythingIsKnownAfterTwoQuestions() async throws {
        serve("/apis", Self.document("test.dev", "v1", "Widget", "Gadget"), tag: "1")
        serve("/api", Self.document("", "v1", "Pod"), tag: "2")
        for _ in 0..<3 {
            #expect(try await names("test.dev/v1") == ["Widgets", "Widgets/status", "Gadgets", "Gadgets/status"])
            #expect(try await names("v1") == ["Pods", "Pods/status"])
            #expect(try await names("other.dev/v1") == [])
        }
        #expect(asked == ["/apis", "/api"])
    }

    /// The tag makes asking again cheap, and what is there is asked about rarely, what is not more often.
    @Test func whatIsKnownIsConfirmedByItsTag() async throws {
        for _ in 0..<3 { serve("/apis", Self.document("test.dev", "v1", "Widget"), tag: "1") }
        _ = try await names("test.dev/v1")
        rig.time.advance(by: .seconds(9))
        #expect(try await names("other.dev/v1") == [])
        #expect(asked.count == 1)
        rig.time.advance(by: .seconds(1))
        #expect(try await names("other.dev/v1") == [])
        #expect(asked.count == 2)
        rig.time.advance(by: .seconds(599))
        _ = try await names("test.dev/v1")
        #expect(asked.count == 2)
        rig.time.advance(by: .seconds(1))
        #expect(try await names("test.dev/v1") == ["Widgets", "Widgets/status"])
        #expect(asked.count == 3)
    }

    /// Whoever asks: what keeps a cache lists and watches and reads no object by name.
    enum Asking: CaseIterable { case get, list, watch, metadataWatch, listStream, version }

    private func ask(_ way: Asking) async throws {
        switch way {
        case .get: _ = try await rig.client.get(Widget.self, rig.key)
        case .list: _ = try await rig.client.list(Widget.self, namespace: "default")
        case .watch: _ = try await rig.client.watch(Widget.self, namespace: "default")
        case .metadataWatch: _ = try await rig.client.watchMetadata(Widget.resourceType, namespace: "default")
        case .listStream: _ = try await rig.client.streamList(Widget.self, namespace: "default") { _ in }
        case .version:
            _ = try await rig.client.listVersion(Widget.resourceType, namespace: "default", options: ListOptions())
        }
    }

    @Test(arguments: Asking.allCases) func aKindThatTurnsOutMissingIsAskedForAgain(_ way: Asking) async throws {
        serve("/apis", Self.document("test.dev", "v1", "Widget"), tag: "1")
        serve("/apis", Self.document("test.dev", "v1"), tag: "2")
        #expect(try await names("test.dev/v1").count == 2)
        let lost =
            #"{"status":"Failure","message":"the server could not find the requested resource","reason":"NotFound","details":{},"code":404}"#
        rig.transport.expect("GET", ClientRig.widgets + "*", status: 404, body: lost)
        await #expect(throws: KubernetesError.self) { try await ask(way) }
        #expect(try await names("test.dev/v1") == [])
        // An object that is not there says nothing about its kind.
        rig.transport.expect("GET", ClientRig.widgets + "/a", status: 404, body: ClientRig.status(404, "NotFound"))
        await #expect(throws: KubernetesError.self) { try await rig.client.get(Widget.self, rig.key) }
        #expect(try await names("test.dev/v1") == [])
        #expect(asked.count { $0 == "/apis" } == 2)
    }

    @Test(arguments: [200, 404, 406])
    func anOldServerIsAskedGroupByGroup(_ status: Int) async throws {
        rig.transport.expect(
            "GET", "/apis", status: status, headers: ["Content-Type": "application/json"],
            body: status == 200 ? #"{"kind":"APIGroupList","groups":[]}"# : ClientRig.status(status, ""))
        let list = #"{"kind":"APIResourceList","resources":[{"name":"widgets","kind":"Widget","namespaced":true}]}"#
        rig.transport.expect("GET", "/apis/test.dev/v1", body: list)
        rig.transport.expect("GET", "/api/v1", body: list)
        rig.transport.expect("GET", "/apis/none.dev/v1", status: 404, body: ClientRig.status(404, "NotFound"))
        for _ in 0..<2 {
            #expect(try await names("test.dev/v1") == ["widgets"])
            #expect(try await names("v1") == ["widgets"])
            #expect(try await names("none.dev/v1") == [])
        }
        #expect(asked == ["/apis", "/apis/test.dev/v1", "/api/v1", "/apis/none.dev/v1"])
    }

    /// Old servers say of a group that is not there, in plain text, what they say of a path that nobody knows.
    @Test func aGroupThatIsNotThereIsNoReasonToDoubtOthers() async throws {
        rig.transport.expect("GET", "/apis", status: 404, body: "404 page not found")
        let list = #"{"kind":"APIResourceList","resources":[{"name":"widgets","kind":"Widget","namespaced":true}]}"#
        rig.transport.expect("GET", "/apis/test.dev/v1", body: list)
        rig.transport.expect("GET", "/apis/none.dev/v1", status: 404, body: "404 page not found")
        for apiVersion in ["test.dev/v1", "none.dev/v1", "test.dev/v1"] { _ = try await names(apiVersion) }
        #expect(asked == ["/apis", "/apis/test.dev/v1", "/apis/none.dev/v1"])
    }

    @Test func manyWhoAskShareOneQuestion() async throws {
        let body = ScriptedBody()
        rig.transport.expect("GET", "/apis", headers: ["Content-Type": Self.aggregated], stream: body)
        try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<20 { group.addTask { try await names("test.dev/v1") } }
            await rig.transport.waitForRequests(1)
            body.send(Self.document("test.dev", "v1", "Widget"))
            body.finish()
            for try await names in group { #expect(names.count == 2) }
        }
        #expect(asked == ["/apis"])
    }

    @Test func aFailureIsNotTakenForAnAbsence() async throws {
        rig.transport.expect("GET", "/apis", status: 403, body: ClientRig.status(403, "Forbidden"))
        await #expect(throws: KubernetesError.self) { try await names("test.dev/v1") }
        serve("/apis", Self.document("test.dev", "v1", "Widget"), tag: "1")
        #expect(
            try await rig.client.serves(
                ResourceType(group: "test.dev", version: "v1", kind: "Widget", plural: "Widgets")))
    }
}
