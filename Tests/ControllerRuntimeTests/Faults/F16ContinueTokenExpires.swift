import ControllerRuntime
import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import LifecycleTesting
import Primitives
import SchedulingTesting
import Telemetry
import Testing

/// F16: the continue token of a paged list expires on page k, for each k, while objects come and go.
@Suite(.ownThread) struct F16ContinueTokenExpires {
    @Test(arguments: 2...5)
    func oneWholeListWithoutGapOrDouble(page: Int) async throws {
        let time = ManualTimeSource()
        let server = InMemoryAPIServer(types: [ServedType(Widget.resourceType)], time: time)
        server.serveInitialEvents(false)
        for number in 0..<21 { server.put(Widget("w\(number)", namespace: "default", uid: "u\(number)")) }
        let client = KubernetesClient(
            configuration: ClientConfiguration(server: "https://memory", tls: TLSConfiguration()), transport: server,
            time: time, logger: .disabled, seed: 1)
        let pages = Locked(1)
        server.inject(.answer(Status(code: 410, reason: "Expired", message: "token"))) { call in
            guard call.verb == "list", call.query["continue"] != nil else { return false }
            return pages.withLock { pages in
                pages += 1
                return pages == page
            }
        }
        let store = Store<Widget>()
        let reflector = Reflector(
            store: store, source: ClientSource<Widget>(client: client, pageSize: 5), time: time, logger: .disabled,
            seed: 1)
        try await running([{ try await reflector.run() }]) {
            try await store.waitUntilSynced()
            #expect(store.count == 21)
            #expect(store.keys == (try server.objects(Widget.self).map(\.key)))
        }
        let lists = server.calls.filter { $0.verb == "list" }
        #expect(lists.count == page + 1)
        #expect(lists.last?.query["limit"] == nil && lists.last?.query["continue"] == nil)
        #expect(lists.allSatisfy { $0.query["resourceVersion"] == nil }, "never \"0\"")
    }
}
