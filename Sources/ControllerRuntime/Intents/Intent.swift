package import JSON
package import KubernetesClient
package import KubernetesModel

/// One write a reconciler wants.
///
/// A value, so that tests can look at it and one place can perform all.
///
/// A uid makes the write miss rather than hit another object of the same name.
package enum Intent: Sendable {
    /// Names are derived from the owner, never generated, so that a repeat after a lost reply finds the first one.
    case create(ResourceType, DynamicObject)
    /// RFC 6902. All operations or none; a failed `test` is a conflict.
    case jsonPatch(ResourceType, ObjectKey, uid: String, [JSONPatchOperation], subresource: String? = nil)
    /// RFC 7386. With a version, only that very state is changed.
    case mergePatch(
        ResourceType, ObjectKey, uid: String, resourceVersion: String? = nil, JSONValue, subresource: String? = nil)
    /// Server-side apply: the value is all that we want of the object.
    case apply(
        ResourceType, ObjectKey, uid: String? = nil, JSONValue, subresource: String? = nil, force: Bool = true)
    /// An object that is gone already is no error.
    case delete(
        ResourceType, ObjectKey, uid: String, resourceVersion: String? = nil,
        propagation: DeleteOptions.Propagation = .background)

    /// Every value of ``verb``.
    static let verbs = ["create", "patch", "apply", "delete"]

    package var verb: String {
        switch self {
        case .create: "create"
        case .jsonPatch, .mergePatch: "patch"
        case .apply: "apply"
        case .delete: "delete"
        }
    }

    package var type: ResourceType {
        switch self {
        case .create(let type, _), .jsonPatch(let type, _, _, _, _), .mergePatch(let type, _, _, _, _, _),
            .apply(let type, _, _, _, _, _), .delete(let type, _, _, _, _):
            type
        }
    }

    package var key: ObjectKey {
        switch self {
        case .create(_, let object): object.key
        case .jsonPatch(_, let key, _, _, _), .mergePatch(_, let key, _, _, _, _), .apply(_, let key, _, _, _, _),
            .delete(_, let key, _, _, _):
            key
        }
    }

    package static func create<R: KubernetesObject>(_ object: R) -> Intent {
        .create(R.resourceType, object.dynamic())
    }
}

extension Intent: CustomStringConvertible {
    package var description: String { "\(verb) \(type) \(key)" }
}
