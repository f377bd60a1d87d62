import AIOpsAPI
package import KubernetesModel
import Primitives

/// The names of the workers inside one manager process.
///
/// A name carries its pool and the session of its process (`demo/default-k3f9x-0`), so that a claim left behind by a
/// process that is gone is known by its name alone, and a restarted process never takes an old claim for its own.
package struct WorkerNames: Sendable, Hashable {
    package let session: String

    package init(session: String) { self.session = session }

    /// A session of five letters and digits drawn from the generator.
    package init(using generator: inout some RandomNumberGenerator) {
        let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
        session = String((0..<5).compactMap { _ in alphabet.randomElement(using: &generator) })
    }

    /// A session no other process has, nor this one in another term.
    package static func fresh() -> WorkerNames {
        var generator = SystemRandomNumberGenerator()
        return WorkerNames(using: &generator)
    }

    /// The workers of a pool: as many as it has replicas.
    ///
    /// A pool whose name is too long for the rest keeps its beginning and a digest: the schema allows 253 characters, and a
    /// claim that is refused leaves the queue standing.
    package func names(pool: ObjectKey, replicas: Int) -> [String] {
        let name =
            pool.name.utf8.count <= Self.longestPoolName
            ? pool.name : "\(pool.name.prefix(150)).\(SHA256Digest.of(pool.name).hex.prefix(10))"
        return (0..<max(0, min(replicas, WorkerPool.Workers.most))).map { "\(pool.namespace)/\(name)-\(session)-\($0)" }
    }

    package func isOurs(_ worker: String) -> Bool {
        let parts = worker.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 3, let index = parts.last, Int(index) != nil else { return false }
        return parts[parts.count - 2] == session
    }

    /// What 253 characters leave beside a namespace (63), the session (5), three digits and what stands between them.
    private static let longestPoolName = 179
}
