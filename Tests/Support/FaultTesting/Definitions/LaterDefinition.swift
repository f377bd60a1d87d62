import AIOpsAPI
package import JSON
package import KubernetesModel

/// The definition of tasks as a later release may bring it, while a process of this one still runs.
package enum LaterDefinition: Sendable {
    /// As this release has it.
    case present
    /// A second version is served beside the present one, which stays the stored one.
    case withAnotherVersion
    /// The same version has a field more in spec and in status, and a word more in an enumeration.
    case withMore

    package static let otherVersion: ResourceType = {
        var type = AIOpsTask.resourceType
        type.version = "v1beta1"
        return type
    }()
    package static let newField = "later"
    package static let newWord = "Eventually"

    package var value: JSONValue {
        var definition = CustomResource.aiopsTask.definition(.current)
        guard let present = definition["spec"]?["versions"]?[0] else { return definition }
        definition["spec"]?["versions"] = .array(versions(of: present))
        return definition
    }

    private func versions(of present: JSONValue) -> [JSONValue] {
        switch self {
        case .present: return [present]
        case .withAnotherVersion:
            var other = present
            other["name"] = .string(Self.otherVersion.version)
            other["storage"] = false
            return [present, other]
        case .withMore:
            var changed = present
            for part in ["spec", "status"] {
                let place = ["schema", "openAPIV3Schema", "properties", part, "properties", Self.newField]
                changed = changed.replacing(place, by: ["type": "string"])
            }
            let policy = ["schema", "openAPIV3Schema", "properties", "spec", "properties", "successPolicy", "enum"]
            let words = policy.reduce(Optional(present)) { $0?[$1] }?.arrayValue ?? []
            return [changed.replacing(policy, by: .array(words + [.string(Self.newWord)]))]
        }
    }
}

extension JSONValue {
    fileprivate func replacing(_ path: [String], by value: JSONValue) -> JSONValue {
        guard let first = path.first else { return value }
        var changed = self
        changed[first] = (self[first] ?? [:]).replacing(Array(path.dropFirst()), by: value)
        return changed
    }
}
