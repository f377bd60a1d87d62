package import KubernetesModel

/// What was being done when an error happened: `patch aiopstasks.aiops.dev/status demo/t1`.
package struct Operation: Sendable, Hashable, CustomStringConvertible {
    package var verb: String
    package var resource: ResourceType?
    package var key: ObjectKey?
    package var subresource: String?

    package init(verb: String, resource: ResourceType? = nil, key: ObjectKey? = nil, subresource: String? = nil) {
        self.verb = verb
        self.resource = resource
        self.key = key
        self.subresource = subresource
    }

    package var description: String {
        var text = verb
        if let resource { text += " \(resource)" }
        if let subresource { text += "/\(subresource)" }
        if let key { text += " \(key)" }
        return text
    }
}
