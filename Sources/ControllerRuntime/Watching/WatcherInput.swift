package import KubernetesModel

/// One event of a watch stream.
package enum WatchNotice<R: KubernetesObject>: Sendable {
    /// Added or modified: after a reconnect the server cannot tell which, and no one should ask.
    case upsert(R)
    case delete(R)
    /// Nothing changed up to this version.
    case bookmark(String)
    case failure(WatchFailure)
}

/// What happened since the watcher's last wish.
package enum WatcherInput<R: KubernetesObject>: Sendable {
    case start
    /// A whole list, all its pages.
    case listed([R], version: String)
    case listFailed(WatchFailure)
    case notice(WatchNotice<R>)
    /// The server closed the stream in the normal way.
    case streamEnded
    case watchFailed(WatchFailure)
    case waited
}
