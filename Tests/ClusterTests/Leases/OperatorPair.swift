import AIOpsAPI
import ClusterTesting
import Glibc
import KubernetesClient
import KubernetesModel
import Primitives
import Testing

/// Two operators on one cluster, users who never stop asking for things, and the server's own record of who wrote what.
struct OperatorPair: Sendable {
    let cluster: TestCluster
    let namespace: String
    let leader: OperatorReplica
    let standby: OperatorReplica
    let audit: AuditLog

    static let lease = "aiops-operator"

    /// Runs `body` with a leader and a warm standby, each with its environment; whatever is left of them ends cleanly
    /// afterwards.
    static func with(
        arguments: [String] = [], leader leads: [String: String] = [:], standby standsBy: [String: String] = [:],
        _ body: @Sendable (OperatorPair) async throws -> Void
    ) async throws {
        try await TestCluster.with(.api) { cluster in
            try await cluster.withNamespace("leases") { namespace in
                let audit = try AuditLog()
                let leader = try OperatorReplica(
                    cluster, namespace: namespace, arguments: arguments, environment: leads)
                try await leader.awaitLine("beginning to reconcile")
                let standby = try OperatorReplica(
                    cluster, namespace: namespace, arguments: arguments, environment: standsBy)
                try await standby.awaitLine("standing by: another process leads")
                let pair = OperatorPair(
                    cluster: cluster, namespace: namespace, leader: leader, standby: standby, audit: audit)
                try await eventually("the standby is ready", within: .seconds(20)) {
                    let page = try await standby.page("/readyz")
                    return .holds(page.status == 200, else: page.body)
                }
                do {
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask { try await pair.feed() }
                        try await body(pair)
                        group.cancelAll()
                    }
                } catch {
                    print("leader:\n\(leader.log.suffix(3000))\nstandby:\n\(standby.log.suffix(3000))")
                    throw error
                }
                try await pair.letGo()
                for replica in [leader, standby] where replica.isRunning {
                    replica.send(SIGCONT)
                    replica.send(SIGTERM)
                    #expect(try await replica.exit(within: .seconds(30)) == 0)
                }
            }
        }
    }

    /// A new task every twentieth of a second: each one makes the leader write at once.
    private func feed() async throws {
        var number = 0
        while !Task.isCancelled {
            number += 1
            do {
                try await cluster.apply(.noFault, as: "task-\(number)", in: namespace)
                try await SystemTimeSource().sleep(for: .milliseconds(50))
            } catch {
                guard !Task.isCancelled else { return }
                throw error
            }
        }
    }

    /// While there is an operator to take the finalizers away.
    private func letGo() async throws {
        for task in try await cluster.client.list(AIOpsTask.self, namespace: namespace).items {
            try await cluster.client.delete(AIOpsTask.resourceType, task.metadata.key)
        }
        try await eventually("the tasks are let go", within: .seconds(60)) {
            let left = try await cluster.client.list(AIOpsTask.self, namespace: namespace).items.count
            return .holds(left == 0, else: "\(left) are left")
        }
    }

    // MARK: What the server saw

    /// The writes of a process, those about the Lease left out.
    func writes(of replica: OperatorReplica) async throws -> [AuditLog.Entry] {
        let identity = try await replica.identity()
        return try audit.entries().filter { $0.userAgent.contains(identity) && $0.isWrite && $0.resource != "leases" }
    }

    func leaseWrites(of replica: OperatorReplica) async throws -> [AuditLog.Entry] {
        let identity = try await replica.identity()
        return try audit.entries().filter { $0.userAgent.contains(identity) && $0.isWrite && $0.resource == "leases" }
    }

    func awaitWrites(of replica: OperatorReplica, _ count: Int = 5, within limit: Duration = .seconds(40)) async throws
    {
        try await eventually("\(count) writes", within: limit) {
            let found = try await writes(of: replica).count
            return .holds(found >= count, else: "\(found)")
        }
    }

    /// The two never wrote by turns: after the first write of the second one there is none of the first.
    func expectOneWriter(_ first: OperatorReplica, then second: OperatorReplica) async throws {
        let (before, after) = (try await writes(of: first), try await writes(of: second))
        let last = try #require(before.map(\.answered).max(), "the first one wrote nothing")
        let next = try #require(after.map(\.received).min(), "the second one wrote nothing")
        #expect(
            last < next, "\(before.count) writes until \(last.rfc3339Micro), \(after.count) from \(next.rfc3339Micro)")
    }

    func holder() async throws -> LeaseSpec {
        try await cluster.client.get(Lease.self, ObjectKey(namespace: namespace, name: Self.lease)).spec
    }

    /// From a moment to the take-over of the Lease, and to the first write after it.
    func handOver(to replica: OperatorReplica, since: Timestamp) async throws -> (lease: Duration, write: Duration) {
        let lease = try #require(try await leaseWrites(of: replica).first?.answered)
        let write = try #require(try await writes(of: replica).first?.answered)
        return (lease - since, write - since)
    }
}
