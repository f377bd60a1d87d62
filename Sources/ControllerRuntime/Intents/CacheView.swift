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
        let shown = store.identity(of: write.key)
        // Whoever takes the last finalizer off is given a version that has been shown long ago.
        if write.isGone { return shown?.uid != ObjectUID(write.uid) }
        if let version = write.resourceVersion {
            // A write that changed nothing has the version that is shown already.
            if !ResourceVersion.isNewer(version, than: store.resourceVersion) { return true }
            return shown.map { !ResourceVersion.isNewer(version, than: $0.resourceVersion) } ?? false
        }
        // A deletion: the object is gone, or is another one, or is at least known to be on its way out.
        guard let shown else { return true }
        return shown.uid != ObjectUID(write.uid) || shown.isBeingDeleted
    }
}
