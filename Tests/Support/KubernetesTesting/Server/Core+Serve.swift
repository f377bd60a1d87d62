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
        case nil, "status": return InMemoryAPIServer.answer(object)
        case "log" where call.type == .pods:
            return HTTPResponse(status: 200, bytes: Array(logs(call.key, call.query["container"]).utf8))
        default: throw APIFailure.noSuchPath
        }
    }

    /// Applies a write, shows it to the watches, and lets the reactions follow; a dry run works on a copy.
    private mutating func write(_ call: APICall, now: Timestamp) throws -> HTTPResponse {
        if call.isDryRun {
            var copy = state
            return try Self.write(call, to: &copy, now: now)
        }
        let before = state.version
        let response = try Self.write(call, to: &state, now: now)
        publish(after: before, now: now)
        return response
    }

    private static func write(_ call: APICall, to state: inout APIState, now: Timestamp) throws -> HTTPResponse {
        switch call.verb {
        case "create":
            let created = try state.create(call.type, namespace: call.namespace, call.body, now: now)
            return InMemoryAPIServer.answer(created, status: 201)
        case "update":
            return InMemoryAPIServer.answer(
                try state.update(call.type, call.key, subresource: call.subresource, call.body, now: now))
        case "patch":
            let isNew = state.object(call.type, call.key) == nil
            let patched = try state.patch(
                call.type, call.key, subresource: call.subresource, contentType: call.contentType, call.body,
                manager: call.query["fieldManager"] ?? "", now: now)
            return InMemoryAPIServer.answer(patched, status: isNew ? 201 : 200)
        default:
            if let left = try state.delete(call.type, call.key, options: call.body, now: now) {
                return InMemoryAPIServer.answer(left)
            }
            return InMemoryAPIServer.answer(["kind": "Status", "apiVersion": "v1", "status": "Success"])
        }
    }

    /// Shows the changes after `version` to the watches, then lets the reactions make theirs, until all is quiet.
    mutating func publish(after version: Int64, now: Timestamp) {
        var shown = version
        // A reaction that always changes something would go on for ever.
        for _ in 0..<100 where shown < state.version {
            let changes = state.history.filter { $0.version > shown }
            shown = state.version
            for change in changes {
                for watcher in watchers.values where watcher.type == change.type {
                    if let line = change.line(watcher.filter) { watcher.show(line) }
                }
            }
            for change in changes { react(to: change, now: now) }
        }
    }
}

extension InMemoryAPIServer.Watcher {
    func show(_ line: JSONValue) {
        _ = queue.offer(line.serialized() + [UInt8(ascii: "\n")])
    }

    func showBookmark(_ version: Int64, endsInitialEvents: Bool) {
        var metadata: JSONValue = ["resourceVersion": .string(String(version))]
        if endsInitialEvents { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
        show([
            "type": "BOOKMARK",
            "object": [
                "apiVersion": .string(type.apiVersion), "kind": .string(type.kind), "metadata": metadata,
            ],
        ])
    }
}
