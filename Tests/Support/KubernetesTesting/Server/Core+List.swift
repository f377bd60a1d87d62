import HTTP
import JSON
import KubernetesModel

extension InMemoryAPIServer.Core {
    mutating func list(_ call: APICall) throws -> HTTPResponse {
        let limit = call.query["limit"].flatMap { Int($0) } ?? 0
        let saved: InMemoryAPIServer.SavedList
        if let token = call.query["continue"], !token.isEmpty {
            guard let known = lists.removeValue(forKey: token) else {
                throw APIFailure.badRequest("invalid continue token: continue key is not valid")
            }
            guard known.version >= state.compactedTo else {
                throw APIFailure.expired(
                    "The provided continue parameter is too old to display a consistent list result.")
            }
            saved = known
        } else {
            try state.checkReadable(call.query["resourceVersion"])
            saved = InMemoryAPIServer.SavedList(
                items: state.list(call.type, try filter(call)), version: state.version)
        }
        let isCut = limit > 0 && saved.items.count > limit
        var metadata: JSONValue = ["resourceVersion": .string(String(saved.version))]
        if isCut {
            let rest = InMemoryAPIServer.SavedList(
                items: Array(saved.items.dropFirst(limit)), version: saved.version)
            let token = "page-\(saved.version)-\(state.nextUID())"
            lists[token] = rest
            metadata["continue"] = .string(token)
            metadata["remainingItemCount"] = .integer(Int64(rest.items.count))
        }
        return InMemoryAPIServer.answer([
            "apiVersion": .string(call.type.apiVersion), "kind": .string(call.type.kind + "List"),
            "metadata": metadata, "items": .array(isCut ? Array(saved.items.prefix(limit)) : saved.items),
        ])
    }

    func filter(_ call: APICall) throws -> ObjectFilter {
        try ObjectFilter(
            namespace: call.namespace, labelSelector: call.query["labelSelector"],
            fieldSelector: call.query["fieldSelector"])
    }
}
