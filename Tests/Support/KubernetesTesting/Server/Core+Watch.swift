import HTTP
import JSON
import KubernetesModel

extension InMemoryAPIServer.Core {
    mutating func watch(_ call: APICall, server: InMemoryAPIServer) throws -> HTTPResponse {
        let sendsInitialEvents = servesInitialEvents && call.query["sendInitialEvents"] == "true"
        try checkInitialEvents(call, sendsInitialEvents)
        let filter = try filter(call)
        let id = nextWatcher
        nextWatcher += 1
        let queue = BodyQueue(limit: .max, whenFull: .pause) { signal in
            if case .abandoned = signal { server.forget(id) }
        }
        let watcher = InMemoryAPIServer.Watcher(
            id: id, type: call.type, filter: filter, form: ObjectForm(accept: call.accept),
            wantsBookmarks: call.query["allowWatchBookmarks"] != nil, queue: queue, pace: pace)
        let response = HTTPResponse(status: 200, headers: ["Content-Type": "application/json"], body: HTTPBody(queue))
        let from = call.query["resourceVersion"] ?? ""
        if sendsInitialEvents || from.isEmpty || from == "0" {
            for object in state.list(call.type, filter) { watcher.show("ADDED", object) }
            if sendsInitialEvents { watcher.showBookmark(state.version, endsInitialEvents: true) }
        } else {
            guard let version = Int64(from) else { throw APIFailure.badRequest("Invalid value: \"\(from)\"") }
            guard version >= state.compactedTo else {
                let gone = APIFailure.expired("too old resource version: \(version) (\(state.compactedTo))")
                watcher.show("ERROR", gone.status.jsonValue())
                watcher.end()
                return response
            }
            for change in state.changes(call.type, after: version) {
                if let event = change.event(filter) { watcher.show(event, change.shown(as: event)) }
            }
        }
        watchers[id] = watcher
        opened?(id, call)
        return response
    }

    private func checkInitialEvents(_ call: APICall, _ sendsInitialEvents: Bool) throws {
        let match = call.query["resourceVersionMatch"]
        if servesInitialEvents {
            guard call.query["sendInitialEvents"] == "true", match != "NotOlderThan" else { return }
            var refusal = forbidden(["sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"])
            if let match {
                refusal = refusal.and(
                    StatusCause(
                        reason: "FieldValueNotSupported",
                        message: "Unsupported value: \"\(match)\": supported values: \"NotOlderThan\"",
                        field: "resourceVersionMatch"))
            }
            throw refusal
        }
        guard match != nil else { return }
        var why = ["resourceVersionMatch is forbidden for watch"]
        if (call.query["resourceVersion"] ?? "").isEmpty {
            why.append("resourceVersionMatch is forbidden unless resourceVersion is provided")
        }
        throw forbidden(why)
    }

    /// What a watch with the options of a list is told.
    private func forbidden(_ why: [String]) -> APIFailure {
        .invalid(
            ResourceType(group: "meta.k8s.io", version: "v1", kind: "ListOptions", plural: "listoptions"), "",
            why.map {
                StatusCause(
                    reason: "FieldValueForbidden", message: "Forbidden: \($0)", field: "resourceVersionMatch")
            })
    }
}
