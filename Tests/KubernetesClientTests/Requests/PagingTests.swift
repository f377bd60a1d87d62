import HTTP
import HTTPTesting
import KubernetesClient
import KubernetesModel
import Testing

@Suite struct PagingTests {
    let rig = ClientRig()

    @Test(arguments: ["v1.20", "v1.36"])
    func recordedPagesAreReadToTheEnd(_ version: String) async throws {
        let first = try Transcript("\(version)/list-page-1")
        rig.transport.expect(
            "GET", ClientRig.widgets + "?limit=3", body: String(decoding: first.body, as: UTF8.self))
        rig.transport.expect(
            "GET", ClientRig.widgets + "?limit=3&continue=*",
            body: #"{"items":null,"metadata":{"resourceVersion":"245"}}"#)
        let list = try await rig.client.list(Widget.self, namespace: "default", options: ListOptions(pageSize: 3))
        #expect(list.items.count == 3)
        #expect(list.items.allSatisfy { !$0.metadata.uid.isEmpty })
        #expect(list.resourceVersion == "245")
        #expect(rig.transport.unmet.isEmpty)
    }

    @Test func aTokenThatEndsTwiceIsAnError() async throws {
        rig.transport.expect(
            "GET", ClientRig.widgets + "?limit=500",
            body: #"{"items":[],"metadata":{"resourceVersion":"1","continue":"t"}}"#)
        rig.transport.expect(
            "GET", ClientRig.widgets + "?limit=500&continue=t", status: 410, body: ClientRig.status(410, "Expired"))
        rig.transport.expect("GET", ClientRig.widgets, status: 410, body: ClientRig.status(410, "Expired"))
        let error = await #expect(throws: KubernetesError.self) {
            try await rig.client.list(Widget.self, namespace: "default")
        }
        #expect(error?.isExpired == true)
        #expect(rig.transport.unmet.isEmpty)
        #expect(rig.transport.unexpected.isEmpty)
    }

    @Test func aListAtAVersionIsNotPaged() async throws {
        rig.transport.expect(
            "GET", ClientRig.widgets + "?resourceVersion=7&resourceVersionMatch=NotOlderThan",
            body: #"{"items":[],"metadata":{"resourceVersion":"8"}}"#)
        let list = try await rig.client.list(
            Widget.self, namespace: "default",
            options: ListOptions(resourceVersion: "7", versionMatch: .notOlderThan))
        #expect(list.resourceVersion == "8")
    }

    @Test func itemsOfADynamicListSayWhatTheyAre() async throws {
        rig.transport.expect(
            "GET", "/api/v1/pods?limit=500", body: #"{"items":[{"metadata":{"name":"p"}}],"metadata":{}}"#)
        let list = try await rig.client.listDynamic(.pods)
        #expect(list.items[0].kind == "Pod")
        #expect(list.items[0].apiVersion == "v1")
    }

    @Test func aListThatIsCutOffIsAnError() async throws {
        rig.transport.expect("GET", "*", body: #"{"items":[{"metadata":{"name":"p"}}"#)
        let error = await #expect(throws: KubernetesError.self) { try await rig.client.list(Widget.self) }
        guard case .decode = error?.kind else { return #expect(Bool(false), "\(String(describing: error))") }
    }
}
