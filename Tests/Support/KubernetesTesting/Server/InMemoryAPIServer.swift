package import HTTP
import JSON
import KubernetesModel
package import Primitives

/// An API server in memory behind the transport: the semantics that controllers rely on, without a network.
///
/// It keeps versions, uids, generations, the status subresource, preconditions, finalizers, owner and namespace
/// deletion, and watches with bookmarks and a bounded history. Objects of a kind with a schema are held to it, and of
/// managed fields it keeps account where it is told to; it knows no rights. Garbage is collected within the request that
/// made it.
///
/// Invariants: requests are served one after another; a watch sees every change after its version exactly once and in
/// order, or is told that its version is gone.
package final class InMemoryAPIServer: HTTPTransport {
    struct Watcher: Sendable {
        var id: Int
        var type: ResourceType
        var filter: ObjectFilter
        var form: ObjectForm
        var wantsBookmarks: Bool
        var queue: BodyQueue
        var pace: Pace?
    }

    /// Takes what a watch is to be shown, and does it when its time has come; in order for each watch.
    package typealias Pace = @Sendable (_ watch: Int, _ step: @escaping @Sendable () -> Void) -> Void

    struct Core: Sendable {
        var state: APIState
        var watchers: [Int: Watcher] = [:]
        var nextWatcher = 0
        var calls: [APICall] = []
        var faults = FaultPlan()
        var lists: [String: SavedList] = [:]
        var servesInitialEvents: Bool
        /// Nil: everybody is let in.
        var token: String?
        /// As after a restart, while watches cannot be served yet.
        var isInitializing = false
        /// Nil: everything is shown at once.
        var pace: Pace?
        /// Hears of each watch that is opened.
        var opened: (@Sendable (_ watch: Int, _ call: APICall) -> Void)?
        var logs: @Sendable (_ pod: ObjectKey, _ container: String?) -> String = { _, _ in "" }
        var exec: (@Sendable (InMemoryExec) -> InMemoryExec.Outcome)?
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
    ///
    /// Kubernetes' own kinds are of the same age unless `builtIn` says another.
    package init(
        types: [ServedType] = [], profile: ServerProfile = .v1_36, builtIn: ServerProfile? = nil,
        time: any TimeSource
    ) {
        let given = Set(types.map(\.type))
        let others = ResourceType.builtIn.filter { !given.contains($0) }.map(ServedType.builtIn)
        let state = APIState(types: types + others, profile: profile, builtIn: builtIn)
        core = Locked(Core(state: state, servesInitialEvents: profile.servesInitialEvents))
        self.time = time
        addNamespace("default")
    }

    package func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        if Task.isCancelled { throw .cancelled }
        return try answer(request)
    }

    /// Serves one request, whole, at this moment.
    package func answer(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
        if request.permit?.isValid == false { throw .notPermitted }
        let target = APICall.Target(request.url)
        if let response = discovery(request, target.segments) { return response }
        let now = time.wallNow()
        let outcome: (response: HTTPResponse, fault: APIFault?) = core.withLock { core in
            do {
                if let token = core.token, request.headers.first("Authorization") != "Bearer \(token)" {
                    throw APIFailure(401, "Unauthorized", "Unauthorized")
                }
                let call = try APICall(request, target, types: core.state.types)
                core.calls.append(call)
                if core.isInitializing, call.verb == "watch" { throw APIFailure.initializing }
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

    /// The request as the server reads it; nil where it makes no sense to it.
    package func call(of request: HTTPRequest) -> APICall? {
        core.withLock { try? APICall(request, APICall.Target(request.url), types: $0.state.types) }
    }

    package func connectWebSocket(_ request: WebSocketRequest) async throws(HTTPError) -> any WebSocketConnection {
        try openExec(request)
    }

    static func failed(_ failure: APIFailure) -> HTTPResponse {
        if failure.status.message == APIFailure.noSuchGroup.status.message {
            let headers: HTTPHeaders = ["Content-Type": "text/plain; charset=utf-8"]
            return HTTPResponse(status: 404, headers: headers, bytes: Array(failure.status.message.utf8))
        }
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
