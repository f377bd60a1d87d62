package import KubernetesModel

/// One event of a watch stream.
package enum WatchNotice<R: KubernetesObject>: Sendable {
    /// Added or modified: after a reconnect the server cannot tell which, and no one should ask.
    case upsert(R)
    case delete(R)
    /// Nothing changed up to this version; the one that ends the initial events of a streaming list says so.
    case bookmark(String, endsInitialEvents: Bool = false)
    case failure(WatchFailure)
}

/// What happened since the watcher's last wish; objects themselves stay with the reflector.
package enum WatcherInput: Sendable {
    case start
    /// A whole list, all its pages, is staged.
    case listed(version: String)
    case listFailed(WatchFailure)
    /// An object came, or its deletion, with this version.
    case changed(version: String)
    case bookmark(String, endsInitialEvents: Bool)
    /// A streaming list has made no progress for too long, or takes too long as a whole.
    case stalled
    /// The server closed the stream in the normal way.
    case streamEnded
    case watchFailed(WatchFailure)
    case waited
    /// Somebody must know what is true now, and cannot wait for the watch to say it.
    case freshListWanted
}
