package import Lifecycle

/// A reflector, whatever its kind.
package protocol ManagedCache: Lifecycle.Service, CacheView {
    /// Whether the first whole list has come.
    var isSynced: Bool { get }
}

extension Reflector: ManagedCache {
    package var isSynced: Bool { store.isSynced }
}
