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

    /// What is scaled is spoken of in a kind of another group.
    private static let scale: JSONObject = ["group": "autoscaling", "version": "v1", "kind": "Scale"]

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
            entry["singularName"] = ""
            entry["verbs"] = ["get", "patch", "update"]
            var all = [main]
            if served.hasStatus {
                entry["name"] = .string(served.type.plural + "/status")
                all.append(entry)
            }
            if served.scale != nil {
                entry["name"] = .string(served.type.plural + "/scale")
                for (field, value) in Self.scale { entry[field] = value }
                all.append(entry)
            }
            return all
        }
        return Self.answer([
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": .string(apiVersion),
            "resources": .array(resources),
        ])
    }
}
