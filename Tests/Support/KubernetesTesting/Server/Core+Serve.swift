import HTTP
import JSON
import KubernetesModel
import Primitives

extension InMemoryAPIServer.Core {
    mutating func serve(_ call: APICall, now: Timestamp, server: InMemoryAPIServer) throws -> HTTPResponse {
        switch call.verb {
        case "get": return try get(call)
        case "list": return try list(call)
        case "watch": return try watch(call, server: server)
        default: return try write(call, now: now)
        }
    }

    private func get(_ call: APICall) throws -> HTTPResponse {
        guard let object = state.object(call.type, call.key) else {
            throw call.subresource == "scale" && !state.served(call.type).isCustom
                ? APIFailure.scaleNotFound(call.type, call.name) : APIFailure.notFound(call.type, call.name)
        }
        switch call.subresource {
        case nil, "status":
            return InMemoryAPIServer.answer(ObjectForm(accept: call.accept).shown(object))
        case "scale": return InMemoryAPIServer.answer(try state.scale(of: object, call.type))
        case "log" where call.type == .pods:
            return HTTPResponse(status: 200, bytes: Array(logs(call.key, call.query["container"]).utf8))
        default: throw APIFailure.noSuchPath
        }
    }

    /// Applies a write, shows it to the watches, and lets the reactions follow; a dry run works on a copy.
    private mutating func write(_ call: APICall, now: Timestamp) throws -> HTTPResponse {
        if call.isDryRun {
            var copy = state
            copy.isDryRun = true
            // The uid that it shows is given to nobody else.
            defer { _ = state.nextUID() }
            return try Self.write(call, to: &copy, now: now)
        }
        let before = state.version
        let response = try Self.write(call, to: &state, now: now)
        publish(after: before, now: now)
        return response
    }

    private static func write(_ call: APICall, to state: inout APIState, now: Timestamp) throws -> HTTPResponse {
        let uid = state.object(call.type, call.key)?["metadata", "uid"]
        var fields = UnknownFields(call, state)
        switch call.verb {
        case "create":
            try fields.look(at: call.body)
            let created = try state.create(call.type, namespace: call.namespace, call.body, now: now) {
                $0.noteUpdate($1, call.type, old: nil, by: call.manager, subresource: nil, now: now)
            }
            if call.type == .customResourceDefinitions { state.serve(definedBy: created) }
            let warnings = MetadataRules(state.served(call.type), state.profile).warnings(created)
            return warned(InMemoryAPIServer.answer(created, status: 201), of: fields.warnings + warnings)
        case "update":
            try fields.look(at: call.body)
            let updated = try state.update(
                call.type, call.key, subresource: call.subresource, call.body, manager: call.manager, now: now)
            return warned(InMemoryAPIServer.answer(updated), of: fields.warnings)
        case "patch":
            let isNew = state.object(call.type, call.key) == nil
            let patched = try state.patch(
                call.type, call.key, subresource: call.subresource, contentType: call.contentType, call.body,
                manager: call.query["fieldManager"] ?? "", isForced: call.query["force"] == "true", now: now
            ) { try fields.look(atPatched: $0) }
            return warned(InMemoryAPIServer.answer(patched, status: isNew ? 201 : 200), of: fields.warnings)
        case "deletecollection":
            return InMemoryAPIServer.answer(try state.deleteCollection(call, try filter(call, state), now: now))
        default:
            if let left = try state.delete(call.type, call.key, options: call.body, now: now) {
                return InMemoryAPIServer.answer(left)
            }
            var details: JSONValue = ["name": .string(call.name), "kind": .string(call.type.plural)]
            if !call.type.group.isEmpty { details["group"] = .string(call.type.group) }
            details["uid"] = uid
            return InMemoryAPIServer.answer([
                "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "details": details,
            ])
        }
    }

    private static func warned(_ response: HTTPResponse, of warnings: [String]) -> HTTPResponse {
        guard !warnings.isEmpty else { return response }
        var response = response
        response.headers.set(
            "Warning", warnings.map { "299 - \(JSONValue.string($0).text)" }.joined(separator: ", "))
        return response
    }

    /// Shows the changes after `version` to the watches, then lets the reactions make theirs, until all is quiet.
    mutating func publish(after version: Int64, now: Timestamp) {
        var shown = version
        // A reaction that always changes something would go on for ever.
        for _ in 0..<100 where shown < state.version {
            let changes = Array(state.changes(after: shown))
            shown = state.version
            for change in changes { show(change) }
            for change in changes { react(to: change, now: now) }
        }
    }
}

extension InMemoryAPIServer.Core {
    /// Shows one change to the watches that see it, in the order in which they were opened.
    private func show(_ change: APIState.Change) {
        var bytes: [UInt8]?
        for id in watchers.keys.sorted() {
            guard let watcher = watchers[id], watcher.type == change.type, let event = change.event(watcher.filter)
            else { continue }
            if watcher.form == .metadata || event == "DELETED" {
                watcher.show(event, change.shown(as: event))
                continue
            }
            let object = bytes ?? change.last.serialized()
            bytes = object
            watcher.show(event, object)
        }
    }
}

extension InMemoryAPIServer.Watcher {
    func show(_ event: String, _ object: JSONValue) { show(event, form.shown(object).serialized()) }

    func show(_ event: String, _ object: [UInt8]) {
        var line = Array("{\"type\":\"\(event)\",\"object\":".utf8)
        line.reserveCapacity(line.count + object.count + 2)
        line += object
        line += "}\n".utf8
        deliver { [queue, line] in _ = queue.offer(line) }
    }

    /// Ends the connection after all that was shown on it.
    func end(_ error: HTTPError? = nil) { deliver { [queue] in queue.finish(error) } }

    private func deliver(_ step: @escaping @Sendable () -> Void) {
        if let pace { pace(id, step) } else { step() }
    }

    func showBookmark(_ version: Int64, endsInitialEvents: Bool) {
        var metadata: JSONValue = ["resourceVersion": .string(String(version))]
        if endsInitialEvents { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
        show("BOOKMARK", ["apiVersion": .string(type.apiVersion), "kind": .string(type.kind), "metadata": metadata])
    }
}
