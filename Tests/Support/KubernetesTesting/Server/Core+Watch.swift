import HTTP
import JSON
import KubernetesModel

extension InMemoryAPIServer.Core {
    mutating func watch(_ call: APICall, server: InMemoryAPIServer) throws -> HTTPResponse {
        let sendsInitialEvents = call.query["sendInitialEvents"] == "true"
        try checkInitialEvents(call, sendsInitialEvents)
        let filter = try filter(call)
        let id = nextWatcher
        nextWatcher += 1
        let queue = BodyQueue(limit: .max, whenFull: .pause) { signal in
            if case .abandoned = signal { server.forget(id) }
        }
        let watcher = InMemoryAPIServer.Watcher(
            type: call.type, filter: filter, wantsBookmarks: call.query["allowWatchBookmarks"] != nil, queue: queue)
        let response = HTTPResponse(status: 200, headers: ["Content-Type": "application/json"], body: HTTPBody(queue))
        let from = call.query["resourceVersion"] ?? ""
        if sendsInitialEvents || from.isEmpty || from == "0" {
            for object in state.list(call.type, filter) { watcher.show(["type": "ADDED", "object": object]) }
            if sendsInitialEvents { watcher.showBookmark(state.version, endsInitialEvents: true) }
        } else {
            guard let version = Int64(from) else { throw APIFailure.badRequest("Invalid value: \"\(from)\"") }
            guard version >= state.compactedTo else {
                let gone = APIFailure.expired("too old resource version: \(version) (\(state.compactedTo))")
                watcher.show(["type": "ERROR", "object": gone.status.jsonValue()])
                queue.finish()
                return response
            }
            for change in state.changes(call.type, after: version) {
                if let line = change.line(filter) { watcher.show(line) }
            }
        }
        watchers[id] = watcher
        return response
    }

    private func checkInitialEvents(_ call: APICall, _ sendsInitialEvents: Bool) throws {
        let match = call.query["resourceVersionMatch"]
        if sendsInitialEvents, servesInitialEvents, match != "NotOlderThan" {
            throw forbidden("sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")
        }
        if match != nil, !servesInitialEvents {
            throw forbidden("resourceVersionMatch is forbidden for watch")
        }
    }

    private func forbidden(_ why: String) -> APIFailure {
        .invalid(
            ResourceType(group: "meta.k8s.io", version: "v1", kind: "ListOptions", plural: "listoptions"), "",
            [
                StatusCause(
                    reason: "FieldValueForbidden", message: "Forbidden: \(why)", field: "resourceVersionMatch")
            ])
    }
}
