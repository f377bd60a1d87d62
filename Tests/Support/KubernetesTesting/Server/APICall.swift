import HTTP
package import JSON
package import KubernetesModel

/// A request as the in-memory server understood it.
package struct APICall: Sendable {
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, as RBAC names them.
    package var verb: String
    package var type: ResourceType
    package var namespace: String
    /// Empty for collections, and for creations until the body is read.
    package var name: String
    package var subresource: String?
    package var query: [String: String]
    /// All values of a parameter that may be repeated, in order.
    package var repeated: [String: [String]]
    package var contentType: String
    package var accept = ""
    package var body: JSONValue

    package var key: ObjectKey { ObjectKey(namespace: type.isNamespaced ? namespace : "", name: name) }
    package var manager: String { query["fieldManager"].flatMap { $0.isEmpty ? nil : $0 } ?? APIState.unnamedManager }
    package var isWrite: Bool { ["create", "update", "patch", "delete"].contains(verb) }
    package var isDryRun: Bool { query["dryRun"] == "All" || body["dryRun"] == ["All"] }

    /// Path and query of a URL, decoded.
    struct Target {
        var segments: [String]
        var query: [String: String] = [:]
        var repeated: [String: [String]] = [:]

        init(_ url: String) {
            // By bytes: the general search of a text took a twentieth of a whole simulation.
            let colon = url.utf8.firstIndex(of: UInt8(ascii: ":")).map { url[$0...] }
            let rest = colon.flatMap { $0.hasPrefix("://") ? $0.dropFirst(3) : nil } ?? url[...]
            let path = rest.utf8.firstIndex(of: UInt8(ascii: "/")).map { rest[$0...] } ?? "/"
            let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            segments = parts[0].split(separator: "/").map { Self.decoded($0) }
            guard parts.count == 2 else { return }
            for pair in parts[1].split(separator: "&") {
                let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let value = sides.count == 2 ? Self.decoded(sides[1]) : ""
                query[String(sides[0])] = value
                repeated[String(sides[0]), default: []].append(value)
            }
        }

        private static func decoded(_ text: Substring) -> String {
            guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
            var bytes: [UInt8] = []
            var rest = text.utf8
            while let byte = rest.popFirst() {
                if byte == UInt8(ascii: "%"), let value = UInt8(String(rest.prefix(2)) ?? "", radix: 16) {
                    bytes.append(value)
                    rest = rest.dropFirst(2)
                } else {
                    bytes.append(byte)
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    init(_ request: HTTPRequest, types: [ServedType]) throws {
        try self.init(
            Target(request.url), method: request.method, contentType: request.headers.first("Content-Type") ?? "",
            body: request.body, types: types)
        accept = request.headers.first("Accept") ?? ""
    }

    init(_ target: Target, method: String, contentType: String, body: [UInt8], types: [ServedType]) throws {
        var segments = target.segments[...]
        var apiVersion = ""
        switch segments.popFirst() {
        case "api": apiVersion = segments.popFirst() ?? ""
        case "apis": apiVersion = [segments.popFirst() ?? "", segments.popFirst() ?? ""].joined(separator: "/")
        default: throw APIFailure.noSuchPath
        }
        var namespace = ""
        // `/namespaces/x` is the namespace itself; with more behind it, what is inside.
        if segments.first == "namespaces", segments.count > 2, segments.dropFirst(2).first != "status" {
            namespace = segments.dropFirst().first ?? ""
            segments = segments.dropFirst(2)
        }
        let plural = segments.popFirst() ?? ""
        guard let served = types.first(where: { $0.type.apiVersion == apiVersion && $0.type.plural == plural }) else {
            throw APIFailure.noSuchPath
        }
        type = served.type
        self.namespace = namespace
        name = segments.popFirst() ?? ""
        subresource = segments.popFirst()
        query = target.query
        repeated = target.repeated
        self.contentType = contentType
        do {
            self.body = body.isEmpty ? .null : try JSONValue(parsing: body)
        } catch {
            throw APIFailure.badRequest("couldn't read the body: \(error)")
        }
        switch (method, name.isEmpty) {
        case ("GET", true): verb = ["1", "true"].contains(query["watch"]) ? "watch" : "list"
        case ("GET", false): verb = "get"
        case ("POST", true): verb = "create"
        case ("PUT", false): verb = "update"
        case ("PATCH", false): verb = "patch"
        case ("DELETE", false): verb = "delete"
        default:
            throw APIFailure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")
        }
        if verb == "create" { name = self.body["metadata", "name"]?.stringValue ?? "" }
    }
}
