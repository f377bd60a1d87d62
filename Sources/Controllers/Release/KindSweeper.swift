import AIOpsAPI
package import Environments
package import KubernetesClient
import KubernetesModel
import Lifecycle
package import Primitives
package import Telemetry

/// Deletes, at the start and every `interval`, the Kind clusters of tasks that are gone or have been cleaned up.
///
/// Such a cluster is left by a process that was killed right after it had asked the engine for a container, which the
/// engine then made behind the back of the release. Invariants: the tasks are read after the clusters, and from the
/// server's newest state, never from a cache; what cannot be read whole deletes nothing, nor does a list of tasks that
/// is older than what this process has seen already.
package struct KindSweeper: Lifecycle.Service {
    package static let interval = Duration.seconds(600)
    private static let retryInterval = Duration.seconds(60)

    package let name = "Kind sweep"
    private let host: KindHost
    private let client: KubernetesClient
    private let time: any TimeSource
    private let logger: Logger
    private let swept: Counter?
    private let seenVersion: @Sendable () -> String

    /// `seenVersion` gives the version that the cache of tasks has reached.
    package init(
        host: KindHost, client: KubernetesClient, seenVersion: @escaping @Sendable () -> String, time: any TimeSource,
        logger: Logger, metrics: MetricsRegistry? = nil
    ) {
        self.host = host
        self.client = client
        self.seenVersion = seenVersion
        self.time = time
        self.logger = logger
        swept = metrics?.counter(
            "aiops_kind_clusters_swept_total", "Kind clusters deleted because nobody asked for them any more.",
            labels: [])
        swept?.initialize([])
    }

    package func run() async throws {
        while !Task.isCancelled {
            var wait = Self.interval
            do throws(EnvironmentError) {
                if try await !sweep() { wait = Self.retryInterval }
            } catch {
                if error.isCancelled { return }
                logger.info("Kind clusters were not swept", ["error": .describing(error)])
                wait = Self.retryInterval
            }
            do { try await time.sleep(for: wait) } catch { return }
        }
    }

    /// Looks once.
    ///
    /// - Returns: false when the tasks were told as they had been earlier, and nothing was deleted for that.
    @discardableResult
    package func sweep() async throws(EnvironmentError) -> Bool {
        let home = try await host.homeID()
        let found = try await clusters { () throws(KindError) in try await host.clusters.names() }
        guard found.contains(where: { KindClusterName(found: $0, home: home) != nil }) else { return true }
        let seen = seenVersion()
        let list: ResourceList<AIOpsTask>
        do { list = try await client.list(AIOpsTask.self) } catch { throw .observe(error) }
        guard !ResourceVersion.isNewer(seen, than: list.resourceVersion) else {
            logger.warning(
                "Kind clusters were not swept: the list of tasks is old",
                ["version": .string(list.resourceVersion), "seen": .string(seen)])
            return false
        }
        let wanting = list.items.filter { !($0.status.isFinished && $0.status.conditions.isTrue(.cleanedUp)) }
        for name in KindSweep.leftBehind(found, tasks: wanting.map(\.metadata.uid), home: home) {
            try await clusters { () throws(KindError) in try await host.clusters.delete(name) }
            swept?.add([])
            logger.warning("deleted a Kind cluster that nobody asks for", ["cluster": .string(name.text)])
        }
        return true
    }

    private func clusters<Value>(
        _ body: () async throws(KindError) -> Value
    ) async throws(EnvironmentError) -> Value {
        do { return try await body() } catch { throw error == .cancelled ? .cancelled : .kind(error) }
    }
}
