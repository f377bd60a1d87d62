package import KubernetesModel

/// Where a reflector gets one kind from: the API server in the product, a model of it in tests.
package protocol ResourceSource<R>: Sendable {
    associatedtype R: KubernetesObject

    /// A whole list and the version it is as of.
    func list(_ basis: ListBasis) async throws(WatchFailure) -> (items: [R], version: String)

    /// Hands each notice over until `each` says false or the server ends the stream. Gives the stream up when nothing
    /// at all came for somewhat longer than the server's own time limit.
    func watch(
        from version: String, serverTimeout: Duration, each: (WatchNotice<R>) async -> Bool
    ) async throws(WatchFailure)

    /// Whether an object of that name can be among those listed.
    func covers(_ key: ObjectKey) -> Bool

    /// Nil when the object does not exist, or is not among those listed.
    func get(_ key: ObjectKey) async throws(WatchFailure) -> R?
}
