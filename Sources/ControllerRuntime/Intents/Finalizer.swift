internal import JSON
package import KubernetesModel

/// Our mark on an object that keeps it until its cleanup has been done.
///
/// Expected flow: add it before the first effect outside the object; when a deletion is asked for, undo the effects and
/// only then remove it.
///
/// Guarantees: adding and removing touch this one entry, whatever others write at the same time; an object that was
/// replaced by another of the same name is not touched.
///
/// Assumptions: cleanup accepts that the effects were never made, or only in part.
package struct Finalizer: Sendable, Hashable {
    /// Such as `aiops.example.dev/cleanup`.
    package let name: String

    package init(_ name: String) { self.name = name }

    package func isOn(_ metadata: ObjectMeta) -> Bool { metadata.finalizers.contains(name) }

    /// Nil when it is there, or may no longer be added because the object is being deleted.
    package func add<R: KubernetesObject>(to object: R) -> Intent? {
        let metadata = object.metadata
        guard !isOn(metadata), !metadata.isBeingDeleted else { return nil }
        if metadata.finalizers.isEmpty {
            // The list does not exist yet and "add" would replace one made meanwhile, hence the version.
            return patch(
                object,
                [
                    .test(path: "/metadata/resourceVersion", .string(metadata.resourceVersion)),
                    .add(path: "/metadata/finalizers", .array([.string(name)])),
                ])
        }
        return patch(object, [.add(path: "/metadata/finalizers/-", .string(name))])
    }

    /// Nil when it is not there.
    package func remove<R: KubernetesObject>(from object: R) -> Intent? {
        guard let index = object.metadata.finalizers.firstIndex(of: name) else { return nil }
        let path = "/metadata/finalizers/\(index)"
        return patch(object, [.test(path: path, .string(name)), .remove(path: path)])
    }

    private func patch<R: KubernetesObject>(_ object: R, _ operations: [JSONPatchOperation]) -> Intent {
        .jsonPatch(R.resourceType, object.key, uid: object.metadata.uid, operations)
    }
}
