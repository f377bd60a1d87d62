import HTTP
package import JSON
package import KubernetesModel

/// A request as the in-memory server understood it.
package struct APICall: Sendable {
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`, as RBAC names them.
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
    package var isWrite: Bool { ["create", "update", "patch", "delete", "deletecollection"].contains(verb) }
    package var isDryRun: Bool { query["dryRun"] == "All" || body["dryRun"] == ["All"] }

    /// Path and query of a URL, decoded.
    struct Target {
        var segments: [String]
        var query: [String: String] = [:]
        var repeated: [String: [String]] = [:]

        init(_ url: String) {
            // By bytes: looking for characters took a tenth of a whole simulation.
            let whole = Array(url.utf8)
            var path = whole[...]
            if let colon = path.firstIndex(of: UInt8(ascii: ":")), path[colon...].starts(with: "://".utf8) {
                path = path[(colon + 3)...]
            }
            path = path.firstIndex(of: UInt8(ascii: "/")).map { path[$0...] } ?? []
            let end = path.firstIndex(of: UInt8(ascii: "?")) ?? path.endIndex
            segments = path[..<end].split(separator: UInt8(ascii: "/")).map(Self.decoded)
            guard end < path.endIndex else { return }
            for pair in path[(end + 1)...].split(separator: UInt8(ascii: "&")) {
                let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
                let name = String(decoding: pair[..<equals], as: UTF8.self)
                let value = Self.decoded(pair[equals...].dropFirst())
                query[name] = value
                repeated[name, default: []].append(value)
            }
        }

        private static func decoded(_ text: ArraySlice<UInt8>) -> String {
            guard text.contains(UInt8(ascii: "%")) else { return String(decoding: text, as: UTF8.self) }
            var bytes: [UInt8] = []
            var rest = text
            while let byte = rest.popFirst() {
                let digits = String(decoding: rest.prefix(2), as: UTF8.self)
                if byte == UInt8(ascii: "%"), let value = UInt8(digits, radix: 16) {
                    bytes.append(value)
                    rest = rest.dropFirst(2)
                } else {
                    bytes.append(byte)
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    init(_ request: HTTPRequest, _ target: Target, types: [ServedType]) throws {
        try self.init(
            target, method: request.method, contentType: request.headers.first("Content-Type") ?? "",
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
            let isKnown = types.contains { $0.type.apiVersion == apiVersion && !$0.isCustom }
            throw isKnown || !apiVersion.contains("/") ? APIFailure.noSuchPath : APIFailure.noSuchGroup
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
        case ("DELETE", true): verb = "deletecollection"
        default:
            throw APIFailure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")
        }
        if verb == "create" { name = self.body["metadata", "name"]?.stringValue ?? "" }
    }
}
