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
        let listed = Locked<[String]>([])
        let version = try await source.list(.latest) { piece in
            if case .object(let widget) = piece { listed.withLock { $0.append("\(widget.key)") } }
        }
        #expect(listed.withLock { $0 } == ["default/x"])
        #expect(try await source.latestVersion() == version)
        let found = try await source.get(ObjectKey(namespace: "default", name: "x"))
        #expect(found.object != nil && found.version == version)
        #expect(try await source.get(ObjectKey(namespace: "default", name: "y")).object == nil)
        #expect(try await source.get(ObjectKey(namespace: "other", name: "x")).object == nil)
        let missing = try await source.get(ObjectKey(namespace: "default", name: "none"))
        #expect(missing.object == nil && missing.version == version)
    }

    @Test func expiredWatchIsToldApart() async throws {
        let source = ClientSource<Widget>(client: client)
        let version = try await source.list(.latest) { _ in }
        server.put(Widget("z", namespace: "default"))
        server.compact()
        let told = Locked<WatchFailure?>(nil)
        do throws(WatchFailure) {
            try await source.watch(.after(version), serverTimeout: .seconds(300)) { notice in
                // Servers say it in the stream, or refuse the request.
                if case .failure(let failure) = notice { told.withLock { $0 = failure } }
                return true
            }
        } catch {
            told.withLock { $0 = error }
        }
        #expect(told.withLock { $0 } == .expired)
    }

    @Test func watchAsksForBookmarksAndTheTimeGiven() async throws {
        let source = ClientSource<Widget>(client: client, labelSelector: "team=red")
        let version = try await source.list(.latest) { _ in }
        var widget = Widget("z", namespace: "default")
        widget.metadata.labels = ["team": "red"]
        server.put(widget)
        let seen = Locked<[String]>([])
        try await source.watch(.after(version), serverTimeout: .seconds(321)) { notice in
            if case .upsert(let widget) = notice { seen.withLock { $0.append(widget.metadata.name) } }
            return false
        }
        #expect(seen.withLock { $0 } == ["z"])
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
        (
            Status(code: 503, reason: "ServiceUnavailable", details: StatusDetails(retryAfterSeconds: 40)),
            .throttled(retryAfter: .seconds(40))
        ),
        (
            Status(code: 504, reason: "Timeout", message: "slow", details: StatusDetails(retryAfterSeconds: 40)),
            .throttled(retryAfter: .seconds(40))
        ),
        (
            Status(code: 503, reason: "ServiceUnavailable", message: "down"),
            .failed("list widgets.test.dev: down")
        ),
        (Status(code: 400, reason: "BadRequest", message: "unknown"), .refused("list widgets.test.dev: unknown")),
        (Status(code: 404, reason: "NotFound", message: "no kind"), .refused("list widgets.test.dev: no kind")),
    ])
    func refusalsAreToldApart(status: Status, failure: WatchFailure) async {
        server.inject(.answer(status), times: 20) { $0.verb == "list" }
        await #expect(throws: failure) {
            _ = try await ClientSource<Widget>(client: client).list(.notOlderThan("9")) { _ in }
        }
    }

    /// Who reads a log wants the server's words, and no name of a case around them with quotes escaped twice.
    @Test func theLogHasTheServersWords() {
        let words = #"User "u" cannot watch resource "widgets" in API group "test.dev""#
        let failure = WatchFailure(Status(code: 403, reason: "Forbidden", message: words))
        #expect("\(failure)".hasSuffix(words) && !"\(failure)".contains("failed("), "\(failure)")
    }

    /// The same in the middle of a stream, where there are no headers.
    @Test(arguments: [(503, "ServiceUnavailable"), (504, "Timeout"), (429, "TooManyRequests")])
    func aStreamThatEndsWithATimeIsObeyed(code: Int, reason: String) {
        let status = Status(code: code, reason: reason, details: StatusDetails(retryAfterSeconds: 7))
        #expect(WatchFailure(status) == .throttled(retryAfter: .seconds(7)))
        // Without a time, 429 alone says that it was asked too much.
        let silent = WatchFailure(Status(code: code, reason: reason))
        #expect((silent == .throttled(retryAfter: nil)) == (code == 429))
    }

    @Test func streamingListHasItsMarkAndAsksForNoOlderState() async throws {
        let source = ClientSource<Widget>(client: client)
        let seen = Locked<[String]>([])
        for start in [WatchStart.everything(.latest), .everything(.notOlderThan("3"))] {
            try await source.watch(start, serverTimeout: .seconds(300)) { notice in
                switch notice {
                case .upsert(let widget): seen.withLock { $0.append("\(widget.key)") }
                case .bookmark(_, let ends):
                    seen.withLock { $0.append("mark \(ends)") }
                    return false
                default: break
                }
                return true
            }
        }
        let once = ["default/x", "default/y", "other/x", "mark true"]
        #expect(seen.withLock { $0 } == once + once)
        let queries = server.calls.filter { $0.verb == "watch" }.map(\.query)
        #expect(queries.map { $0["sendInitialEvents"] } == ["true", "true"])
        #expect(queries.map { $0["resourceVersionMatch"] } == ["NotOlderThan", "NotOlderThan"])
        #expect(queries.map { $0["resourceVersion"] } == [nil, "3"])
    }
}
