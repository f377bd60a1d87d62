package import KubernetesModel

/// What the gate must know about the cache of one kind.
package protocol CacheView: Sendable {
    var resourceType: ResourceType { get }

    /// Whether an object of that name can be in the cache at all.
    func covers(_ key: ObjectKey) -> Bool

    /// Whether the cache has reached a write of ours.
    func shows(_ write: WrittenObject) -> Bool

    /// Reads the object from the server at the side of the watch.
    func refresh(_ key: ObjectKey) async throws(WatchFailure)
}

extension Reflector {
    package func shows(_ write: WrittenObject) -> Bool {
        if let version = write.resourceVersion {
            if !ResourceVersion.isNewer(version, than: store.resourceVersion) { return true }
            guard let shown = store.get(write.key) else { return false }
            return !ResourceVersion.isNewer(version, than: shown.metadata.resourceVersion)
        }
        // A deletion: the object is gone, or is another one, or is at least known to be on its way out.
        guard let shown = store.get(write.key) else { return true }
        return shown.metadata.uid != write.uid || shown.metadata.isBeingDeleted
    }
}
