package import KubernetesModel

/// A piece of a list on its way.
package enum ListPiece<R: KubernetesObject>: Sendable {
    case object(R)
    /// The walk begins again: what came before does not count.
    case startOver
}

/// Where a reflector gets one kind from: the API server in the product, a model of it in tests.
package protocol ResourceSource<R>: Sendable {
    associatedtype R: KubernetesObject

    /// Hands over a whole list, object by object as the bytes come in, and returns the version it is as of.
    ///
    /// After a failure what was handed over means nothing.
    func list(
        _ basis: ListBasis, each: @escaping @Sendable (ListPiece<R>) -> Void
    ) async throws(WatchFailure) -> String

    /// Hands each notice over until `each` says false or the server ends the stream. Gives the stream up when nothing
    /// at all came for somewhat longer than the server's own time limit.
    func watch(
        _ start: WatchStart, serverTimeout: Duration, each: @escaping @Sendable (WatchNotice<R>) async -> Bool
    ) async throws(WatchFailure)

    /// The version the kind has at this moment, by a read that no cache may answer from the past.
    func latestVersion() async throws(WatchFailure) -> String

    /// Whether an object of that name can be among those listed.
    func covers(_ key: ObjectKey) -> Bool

    /// The object, nil when it does not exist or is not among those listed, and the version of the kind it was read at, by a
    /// read that no cache may answer from the past.
    func get(_ key: ObjectKey) async throws(WatchFailure) -> (object: R?, version: String)
}
