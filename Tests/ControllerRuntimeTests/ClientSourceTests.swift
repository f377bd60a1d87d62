import ControllerRuntime
import HTTP
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import LifecycleTesting
import Primitives
import Telemetry
import Testing

struct ClientSourceTests {
    private let server: InMemoryAPIServer
    private let client: KubernetesClient

    init() {
        let time = ManualTimeSource()
        server = InMemoryAPIServer(types: [ServedType(Widget.resourceType)], time: time)
        client = KubernetesClient(
            configuration: ClientConfiguration(server: "https://memory", tls: TLSConfiguration()), transport: server,
            time: time, logger: .disabled, seed: 1)
        server.addNamespace("other")
        for (name, namespace, team) in [("x", "default", "red"), ("y", "default", "blue"), ("x", "other", "red")] {
            var widget = Widget(name, namespace: namespace)
            widget.metadata.labels = ["team": team]
            server.put(widget)
        }
    }

    @Test func namespaceAndSelectorBoundListsAndReads() async throws {
        let source = ClientSource<Widget>(client: client, namespace: "default", labelSelector: "team=red")
        #expect(try await source.list(.latest).items.map(\.key.description) == ["default/x"])
        #expect(try await source.get(ObjectKey(namespace: "default", name: "x")) != nil)
        #expect(try await source.get(ObjectKey(namespace: "default", name: "y")) == nil)
        #expect(try await source.get(ObjectKey(namespace: "other", name: "x")) == nil)
        #expect(try await source.get(ObjectKey(namespace: "default", name: "none")) == nil)
    }

    @Test func expiredWatchIsToldApart() async throws {
        let source = ClientSource<Widget>(client: client)
        let version = try await source.list(.latest).version
        server.put(Widget("z", namespace: "default"))
        server.compact()
        var told: WatchFailure?
        do throws(WatchFailure) {
            try await source.watch(from: version, serverTimeout: .seconds(300)) { notice in
                // Servers say it in the stream, or refuse the request.
                if case .failure(let failure) = notice { told = failure }
                return true
            }
        } catch {
            told = error
        }
        #expect(told == .expired)
    }

    @Test func watchAsksForBookmarksAndTheTimeGiven() async throws {
        let source = ClientSource<Widget>(client: client, labelSelector: "team=red")
        let version = try await source.list(.latest).version
        var widget = Widget("z", namespace: "default")
        widget.metadata.labels = ["team": "red"]
        server.put(widget)
        var seen: [String] = []
        try await source.watch(from: version, serverTimeout: .seconds(321)) { notice in
            if case .upsert(let widget) = notice { seen.append(widget.metadata.name) }
            return false
        }
        #expect(seen == ["z"])
        let query = try #require(server.calls.last { $0.verb == "watch" }?.query)
        #expect(query["timeoutSeconds"] == "321" && query["allowWatchBookmarks"] == "true")
        #expect(query["resourceVersion"] == version && query["labelSelector"] == "team=red")
    }

    @Test(arguments: [
        (Status(code: 410, reason: "Expired"), WatchFailure.expired),
        (Status(code: 504, reason: "Timeout", message: "Too large resource version: 9, current: 5"), .expired),
        (
            Status(code: 429, reason: "TooManyRequests", details: StatusDetails(retryAfterSeconds: 40)),
            .throttled(retryAfter: .seconds(40))
        ),
    ])
    func refusalsAreToldApart(status: Status, failure: WatchFailure) async {
        server.inject(.answer(status), times: 20) { $0.verb == "list" }
        await #expect(throws: failure) {
            _ = try await ClientSource<Widget>(client: client).list(.notOlderThan("9"))
        }
    }
}
