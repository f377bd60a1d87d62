package import KubernetesModel

/// One line of a watch.
package enum WatchEvent<Object: Sendable>: Sendable {
    case added(Object)
    case modified(Object)
    /// The object as it was last, with the version of its deletion.
    case deleted(Object)
    /// Nothing happened up to this version. The first bookmark of a streaming list ends the initial events.
    case bookmark(resourceVersion: String, endsInitialEvents: Bool)
    /// The watch is over; `Expired` means that the version is no longer kept.
    case error(Status)
}

extension WatchEvent: Equatable where Object: Equatable {}
