/// Where a kind lives on the API server.
package struct ResourceType: Sendable, Hashable, CustomStringConvertible {
    /// Empty for the core group.
    package var group: String
    package var version: String
    package var kind: String
    package var plural: String
    package var isNamespaced: Bool

    package init(group: String, version: String, kind: String, plural: String, isNamespaced: Bool = true) {
        self.group = group
        self.version = version
        self.kind = kind
        self.plural = plural
        self.isNamespaced = isNamespaced
    }

    package var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// The path of the group and version, where its resource list is served.
    package var groupVersionPath: String { Self.groupVersionPath(apiVersion) }

    /// `pods`, or `deployments.apps` as the API server itself writes it in messages.
    package var description: String { group.isEmpty ? plural : "\(plural).\(group)" }

    package static func groupVersionPath(_ apiVersion: String) -> String {
        apiVersion.contains("/") ? "/apis/\(apiVersion)" : "/api/\(apiVersion)"
    }

    /// The URL path of a collection (no name), an object, or a subresource of it.
    ///
    /// An empty or nil namespace means all namespaces. Names are percent-encoded, so that a name from outside can
    /// never reach another resource.
    package func path(namespace: String? = nil, name: String? = nil, subresource: String? = nil) -> String {
        var path = groupVersionPath
        if isNamespaced, let namespace, !namespace.isEmpty {
            path += "/namespaces/" + PercentEncoding.encode(namespace)
        }
        path += "/" + plural
        if let name { path += "/" + PercentEncoding.encode(name) }
        if let subresource { path += "/" + subresource }
        return path
    }
}
