import HTTP
import JSON
import KubernetesModel
import Primitives

extension InMemoryAPIServer {
    /// Answers `/version` and the resource lists; nil for everything else.
    func discovery(_ request: HTTPRequest, _ segments: [String]) -> HTTPResponse? {
        guard request.method == "GET" else { return nil }
        switch (segments.first, segments.count) {
        case ("version", 1):
            let profile = core.withLock { $0.state.profile }
            return Self.answer([
                "major": "1", "minor": .string(profile.minorVersion), "gitVersion": .string(profile.gitVersion),
            ])
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
                "name": .string(served.type.plural), "singularName": .string(served.singular),
                "kind": .string(served.type.kind), "namespaced": .bool(served.type.isNamespaced),
                "verbs": ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"],
            ]
            var main = entry
            if !served.shortNames.isEmpty { main["shortNames"] = .array(served.shortNames.map(JSONValue.string)) }
            if !served.categories.isEmpty { main["categories"] = .array(served.categories.map(JSONValue.string)) }
            guard served.hasStatus else { return [main] }
            entry["singularName"] = ""
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
