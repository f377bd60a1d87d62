package import HTTP
import JSON
import KubernetesModel
package import Primitives

/// An API server in memory behind the transport: the semantics that controllers rely on, without a network.
///
/// It keeps versions, uids, generations, the status subresource, preconditions, finalizers, owner and namespace
/// deletion, and watches with bookmarks and a bounded history. It does not keep managed fields, schemas (other than by
/// ``ServedType/validate``) or rights. Garbage is collected within the request that made it.
///
/// Invariants: requests are served one after another; a watch sees every change after its version exactly once and in
/// order, or is told that its version is gone.
package final class InMemoryAPIServer: HTTPTransport {
    struct Watcher: Sendable {
        var type: ResourceType
        var filter: ObjectFilter
        var wantsBookmarks: Bool
        var queue: BodyQueue
    }

    struct Core: Sendable {
        var state: APIState
        var watchers: [Int: Watcher] = [:]
        var nextWatcher = 0
        var calls: [APICall] = []
        var faults = FaultPlan()
        var lists: [String: SavedList] = [:]
        var servesInitialEvents = true
        var logs: @Sendable (_ pod: ObjectKey, _ container: String?) -> String = { _, _ in "" }
        var exec: (@Sendable (InMemoryExec) async -> InMemoryExec.Outcome)?
        var reactions: [Reaction] = []
    }

    /// A list that goes on on the next page.
    struct SavedList: Sendable {
        var items: [JSONValue]
        var version: Int64
    }

    let core: Locked<Core>
    let time: any TimeSource

    /// Serves the built-in kinds and the ones given; namespaces must exist before there is anything in them, and
    /// `default` does.
    package init(types: [ServedType] = [], time: any TimeSource) {
        let builtIn = ResourceType.builtIn.map(ServedType.builtIn)
        let given = Set(types.map(\.type))
        core = Locked(Core(state: APIState(types: types + builtIn.filter { !given.contains($0.type) })))
        self.time = time
        addNamespace("default")
    }

    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        if Task.isCancelled { throw .cancelled }
        if request.permit?.isValid == false { throw .notPermitted }
        if let response = discovery(request) { return response }
        let now = time.wallNow()
        let outcome: (response: HTTPResponse, fault: APIFault?) = core.withLock { core in
            do {
                let call = try APICall(request, types: core.state.types)
                core.calls.append(call)
                let fault = core.faults.take(for: call)
                switch fault {
                case .answer(let status): return (Self.failed(APIFailure(status)), nil)
                case .lose: return (HTTPResponse(status: 0, bytes: []), fault)
                case .loseReply, nil: return (try core.serve(call, now: now, server: self), fault)
                }
            } catch let failure as APIFailure {
                return (Self.failed(failure), nil)
            } catch {
                return (Self.failed(APIFailure(500, "InternalError", "\(error)")), nil)
            }
        }
        switch outcome.fault {
        case .lose(let error), .loseReply(let error): throw error
        case .answer, nil: return outcome.response
        }
    }

    package func connectWebSocket(_ request: WebSocketRequest) async throws(HTTPError) -> any WebSocketConnection {
        try await openExec(request)
    }

    static func failed(_ failure: APIFailure) -> HTTPResponse {
        var headers: HTTPHeaders = ["Content-Type": "application/json"]
        if let wait = failure.status.details?.retryAfterSeconds { headers.set("Retry-After", String(wait)) }
        return HTTPResponse(status: failure.status.code, headers: headers, bytes: failure.status.jsonBytes())
    }

    static func answer(_ value: JSONValue, status: Int = 200) -> HTTPResponse {
        HTTPResponse(status: status, headers: ["Content-Type": "application/json"], bytes: value.serialized())
    }

    func forget(_ watcher: Int) {
        _ = core.withLock { $0.watchers.removeValue(forKey: watcher) }
    }
}
