package import KubernetesClient
import KubernetesModel
import Primitives

/// Notices when the namespaces of an attempt are no longer the ones it works in: deleted by hand, on their way out, or
/// made anew by somebody.
///
/// Invariant: a namespace that was once seen, or is recorded, with a uid is missed as soon as no namespace of its name has
/// that uid. One that was never seen may still have to be made and is not missed.
package final class EnvironmentVigil: Sendable {
    /// How often somebody who waits for a loss looks; also the longest a loss goes unnoticed.
    package static let interval = Duration.seconds(10)

    private let names: [String]
    private let taskUID: String
    private let place: Locked<Place>
    private let known: Locked<[String: String]>

    /// Where the namespaces are.
    private struct Place: Sendable {
        var client: KubernetesClient
        /// What became of a cluster that does not answer; nil while it is there, as far as is known.
        var clusterLoss: @Sendable () async -> String?
    }

    /// `uids` are those that are recorded, by the namespace's name.
    package init(names: EnvironmentNames, taskUID: String, uids: [String: String], client: KubernetesClient) {
        self.names = names.all
        self.taskUID = taskUID
        place = Locked(Place(client: client, clusterLoss: { nil }))
        known = Locked(uids)
    }

    /// From now on the namespaces are those of another cluster, which may be lost as a whole.
    package func move(to client: KubernetesClient, clusterLoss: @escaping @Sendable () async -> String?) {
        place.withLock { $0 = Place(client: client, clusterLoss: clusterLoss) }
    }

    /// Takes over what is recorded of the namespaces, by their names.
    package func recall(_ uids: [String: String]) { known.withLock { $0.merge(uids) { _, recorded in recorded } } }

    /// What is known of the namespaces, to be recorded where it survives.
    package var uids: [String: String] { known.withLock { $0 } }

    /// What is lost, in words; nil while everything that was ever there is there.
    package func look() async throws(KubernetesError) -> String? {
        let place = place.withLock { $0 }
        for name in names {
            var seen: Namespace?
            do {
                seen = try await place.client.get(Namespace.self, ObjectKey(name: name))
            } catch {
                guard error.isNotFound else {
                    if let loss = await place.clusterLoss() { return loss }
                    throw error
                }
            }
            if let loss = judge(name, seen) { return loss }
        }
        return nil
    }

    private func judge(_ name: String, _ seen: Namespace?) -> String? {
        known.withLock { known in
            guard let seen else { return known[name].map { _ in "namespace \(name) was deleted" } }
            let metadata = seen.metadata
            // Somebody else's of that name: what is made in it will be refused, and that says so better.
            if known[name] == nil, metadata.labels[EnvironmentNames.uidLabel] != taskUID { return nil }
            if metadata.uid != known[name] ?? metadata.uid { return "namespace \(name) was deleted and made anew" }
            if metadata.isBeingDeleted { return "namespace \(name) is being deleted" }
            known[name] = metadata.uid
            return nil
        }
    }
}
