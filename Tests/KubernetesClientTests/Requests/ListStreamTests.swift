import HTTP
import HTTPTesting
import KubernetesClient
import KubernetesModel
import Testing

@Suite struct ListStreamTests {
    private let rig = ClientRig()

    private static let page = #"""
        { "kind":"WidgetList","more":{"items":[{"metadata":{"name":"no"}}],"s":"a]}\"{"},
          "metadata" : {"resourceVersion":"245","continue":""} ,"count":12,"flag":true,"none":null, "items":[
          {"metadata":{"name":"ä\\","namespace":"default"},"spec":{"size":1}},{"metadata":{"name":"b]}","namespace":"d"}}
          ,  {"spec":{"size":3},"metadata":{"name":"\"c{["}}
         ]}

        """#

    private func names(_ body: ScriptedBody) async throws -> (names: [String], version: String) {
        rig.transport.expect("GET", ClientRig.widgets + "?limit=500", stream: body)
        var names: [String] = []
        let version = try await rig.client.streamList(Widget.self, namespace: "default") { object in
            names.append(object?.metadata.name ?? "start over")
        }
        return (names, version)
    }

    @Test(arguments: [1, 2, 3, 7, 64, 4_096])
    func itemsComeOutHoweverTheBytesAreCut(size: Int) async throws {
        let body = ScriptedBody()
        let bytes = Array(Self.page.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            body.send(Array(bytes[start..<min(start + size, bytes.count)]))
        }
        body.finish()
        let list = try await names(body)
        #expect(list.names == ["ä\\", "b]}", "\"c{["])
        #expect(list.version == "245")
    }

    @Test(arguments: [
        #"{"items":null,"metadata":{"resourceVersion":"7"}}"#, #"{"metadata":{"resourceVersion":"7"},"items":[]}"#,
        #"{"items": [ ] ,"metadata":{"resourceVersion":"7"}}"#, #"{"metadata":{"resourceVersion":"7"}}"#,
    ])
    func emptyListsAreLists(text: String) async throws {
        let body = ScriptedBody()
        body.send(text)
        body.finish()
        let list = try await names(body)
        #expect(list.names.isEmpty && list.version == "7")
    }

    @Test(arguments: [
        "", "[]", #"{"items":[{"metadata":{"name":"p"}}"#, #"{"items":[{"metadata":{"name":"p"}}]"#, "{} x",
        #"{"items":[{"metadata":{"name"}}]}"#, #"{"items" [1]}"#, "{,1}",
    ])
    func whatIsNoListIsAnError(text: String) async {
        let body = ScriptedBody()
        body.send(text)
        body.finish()
        let error = await #expect(throws: KubernetesError.self) { _ = try await names(body) }
        guard case .decode = error?.kind else { return #expect(Bool(false), "\(String(describing: error))") }
    }

    @Test func aTokenThatEndsStartsTheListOver() async throws {
        rig.transport.expect(
            "GET", ClientRig.widgets + "?limit=500",
            body: #"{"items":[{"metadata":{"name":"old"}}],"metadata":{"resourceVersion":"1","continue":"t"}}"#)
        rig.transport.expect(
            "GET", ClientRig.widgets + "?limit=500&continue=t", status: 410, body: ClientRig.status(410, "Expired"))
        rig.transport.expect(
            "GET", ClientRig.widgets,
            body: #"{"items":[{"metadata":{"name":"new"}}],"metadata":{"resourceVersion":"9"}}"#)
        var names: [String] = []
        let version = try await rig.client.streamList(Widget.self, namespace: "default") { object in
            names.append(object?.metadata.name ?? "start over")
        }
        #expect(names == ["old", "start over", "new"] && version == "9")
    }

    @Test func versionComesFromAPageOfOne() async throws {
        rig.transport.expect(
            "GET", "/apis/test.dev/v1/widgets?limit=1",
            body: #"{"items":[{"spec":1}],"metadata":{"resourceVersion":"44","continue":"t"}}"#)
        let version = try await rig.client.listVersion(Widget.resourceType, options: ListOptions(pageSize: 1))
        #expect(version == "44" && rig.transport.unexpected.isEmpty)
    }
}
