package import JSON
package import KubernetesModel

/// What the server says it is.
package struct ServerVersion: Sendable, Hashable, JSONDecodable {
    /// `v1.36.2`, or with a vendor's suffix.
    package var gitVersion = ""
    package var major = 0
    /// Without the `+` that some vendors add.
    package var minor = 0

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "gitVersion": gitVersion = try reader.string()
            case "major": major = Self.number(try reader.string())
            case "minor": minor = Self.number(try reader.string())
            default: try reader.skip()
            }
        }
    }

    private static func number(_ text: String) -> Int { Int(text.prefix { $0.isNumber }) ?? 0 }
}

extension KubernetesClient {
    package func serverVersion() async throws(KubernetesError) -> ServerVersion {
        let operation = Operation(verb: "get version")
        let request = APIRequest(operation: operation, method: "GET", path: "/version", repeatability: .safe)
        return try decode(ServerVersion.self, try await bytes(request), operation)
    }

    /// True when the server has the kind; what it said is remembered for a while.
    package func serves(_ type: ResourceType) async throws(KubernetesError) -> Bool {
        try await resources(apiVersion: type.apiVersion).contains { $0.name == type.plural && $0.kind == type.kind }
    }

    /// The type of a manifest's kind: built in, or as the server tells; nil when it has no such kind.
    package func resourceType(apiVersion: String, kind: String) async throws(KubernetesError) -> ResourceType? {
        if let known = ResourceType.builtIn(apiVersion: apiVersion, kind: kind) { return known }
        let resources = try await resources(apiVersion: apiVersion)
        guard let found = resources.first(where: { $0.kind == kind && !$0.isSubresource }) else { return nil }
        let parts = apiVersion.split(separator: "/", maxSplits: 1).map(String.init)
        return ResourceType(
            group: parts.count == 2 ? parts[0] : "", version: parts.last ?? "", kind: kind, plural: found.name,
            isNamespaced: found.isNamespaced)
    }

    /// The resources of one group and version; empty when the server does not have it.
    ///
    /// Asks for everything at once where the server can tell it in one answer, and remembers that with its tag.
    package func resources(apiVersion: String) async throws(KubernetesError) -> [APIResource] {
        try await discovery.resources(apiVersion) { question throws(KubernetesError) in
            let request = APIRequest(
                operation: Operation(verb: "discover \(apiVersion)"), method: "GET", path: question.path,
                accept: question.accept, repeatability: .safe, knownETag: question.tag)
            return try await sender.repeated(request) { request throws(KubernetesError) in
                // A group that is not there is an answer, and no reason to doubt the others.
                try await sender.attempt(prepared(request))
            }
        }
    }
}
