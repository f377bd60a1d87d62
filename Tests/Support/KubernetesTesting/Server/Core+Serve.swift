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
        guard let object = state.object(call.type, call.key) else { throw APIFailure.notFound(call.type, call.name) }
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
        switch call.verb {
        case "create":
            let unknown = try unknownFields(call, state)
            let created = try state.create(
                call.type, namespace: call.namespace, call.body, manager: call.manager, now: now)
            if call.type == .customResourceDefinitions { state.serve(definedBy: created) }
            var response = InMemoryAPIServer.answer(created, status: 201)
            let warnings =
                unknown.map { "unknown field \"\($0)\"" }
                + MetadataRules(state.served(call.type), state.profile).warnings(created)
            if !warnings.isEmpty {
                response.headers.set(
                    "Warning", warnings.map { "299 - \(JSONValue.string($0).text)" }.joined(separator: ", "))
            }
            return response
        case "update":
            return InMemoryAPIServer.answer(
                try state.update(
                    call.type, call.key, subresource: call.subresource, call.body, manager: call.manager, now: now))
        case "patch":
            let isNew = state.object(call.type, call.key) == nil
            let patched = try state.patch(
                call.type, call.key, subresource: call.subresource, contentType: call.contentType, call.body,
                manager: call.query["fieldManager"] ?? "", isForced: call.query["force"] == "true", now: now)
            return InMemoryAPIServer.answer(patched, status: isNew ? 201 : 200)
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

    /// Fields of a new object that its schema does not know: refused, warned of, or dropped without a word.
    private static func unknownFields(_ call: APICall, _ state: APIState) throws -> [String] {
        guard state.profile.validatesFields, let schema = state.served(call.type).schema else { return [] }
        let mode = call.query["fieldValidation"] ?? "Warn"
        guard mode == "Strict" || mode == "Warn" else { return [] }
        let unknown = schema.unknownFields(call.body)
        guard mode == "Strict", !unknown.isEmpty else { return unknown }
        let list = unknown.map { "unknown field \"\($0)\"" }.joined(separator: ", ")
        throw APIFailure.badRequest(
            "\(call.type.kind) in version \"\(call.type.version)\" cannot be handled as a \(call.type.kind): strict "
                + "decoding error: \(list)")
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
