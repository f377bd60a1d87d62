import ClusterTesting
import KubernetesClient
import KubernetesModel

/// Where everything stood before a run.
struct Marks: Sendable {
    let audit: Int
    /// Number of the last request before.
    let request: Int
    /// The operator's life that was running, and how much it had said.
    let life: Int
    let logged: Int
    let modelCalls: Int
    /// Of the proxy, so far.
    let kills: Int
    /// Version of the namespaces' history.
    let namespaces: String

    init(_ session: FaultSession.Running) async throws {
        request = try await session.rig.begin()
        audit = session.audit.mark
        life = max(0, session.process.lives - 1)
        logged = session.process.life?.output().utf8.count ?? 0
        modelCalls = session.model.calls.count
        kills = try await session.rig.report(since: .max).kills
        namespaces = try await session.cluster.client.list(Namespace.self).resourceVersion
    }
}
