import HTTP
import JSON
import KubernetesModel
import Primitives

extension InMemoryAPIServer {
    /// Answers `/version` and the resource lists; nil for everything else.
    func discovery(_ request: HTTPRequest) -> HTTPResponse? {
        guard request.method == "GET" else { return nil }
        let segments = APICall.Target(request.url).segments
        switch (segments.first, segments.count) {
        case ("version", 1): return Self.answer(["major": "1", "minor": "36", "gitVersion": "v1.36.0-memory"])
        case ("api", 2): return resources(segments[1])
        case ("apis", 3): return resources("\(segments[1])/\(segments[2])")
        default: return nil
        }
    }

    private func resources(_ apiVersion: String) -> HTTPResponse {
        let served = core.withLock { $0.state.types.filter { $0.type.apiVersion == apiVersion } }
        guard !served.isEmpty else { return Self.failed(.noSuchPath) }
        let resources = served.flatMap { served -> [JSONValue] in
            var entry: JSONValue = [
                "name": .string(served.type.plural), "kind": .string(served.type.kind),
                "namespaced": .bool(served.type.isNamespaced),
                "verbs": ["create", "delete", "get", "list", "patch", "update", "watch"],
            ]
            guard served.hasStatus else { return [entry] }
            let main = entry
            entry["name"] = .string(served.type.plural + "/status")
            entry["verbs"] = ["get", "patch", "update"]
            return [main, entry]
        }
        return Self.answer([
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": .string(apiVersion),
            "resources": .array(resources),
        ])
    }
}
