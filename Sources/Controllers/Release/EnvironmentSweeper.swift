import AIOpsAPI
import Environments
package import KubernetesClient
import KubernetesModel
import Lifecycle
package import Primitives
package import Telemetry

/// Deletes, at the start and every `interval`, the namespaces of tasks that are gone.
///
/// Invariants: the tasks are read after the namespaces, and both from the server's newest state, never from a cache; what
/// cannot be read whole deletes nothing, nor does a list of tasks that is older than what this process has seen already; each
/// deletion carries the uid of the namespace that was seen.
package struct EnvironmentSweeper: Lifecycle.Service {
    package static let interval = Duration.seconds(600)
    private static let retryInterval = Duration.seconds(60)

    package let name = "environment sweep"
    private let client: KubernetesClient
    private let time: any TimeSource
    private let logger: Logger
    private let swept: Counter?
    private let seenVersion: @Sendable () -> String

    /// `seenVersion` gives the version that the cache of tasks has reached.
    package init(
        client: KubernetesClient, seenVersion: @escaping @Sendable () -> String, time: any TimeSource, logger: Logger,
        metrics: MetricsRegistry? = nil
    ) {
        self.client = client
        self.seenVersion = seenVersion
        self.time = time
        self.logger = logger
        swept = metrics?.counter(
            "aiops_environments_swept_total", "Namespaces deleted because their tasks were gone.", labels: [])
        swept?.initialize([])
    }

    package func run() async throws {
        while !Task.isCancelled {
            var wait = Self.interval
            do throws(KubernetesError) {
                if try await !sweep() { wait = Self.retryInterval }
            } catch {
                if error.isCancelled { return }
                logger.warning("environments were not swept", ["error": .describing(error)])
                wait = Self.retryInterval
            }
            do { try await time.sleep(for: wait) } catch { return }
        }
    }

    /// Looks once.
    ///
    /// - Returns: false when the tasks were told as they had been earlier, and nothing was deleted for that.
    @discardableResult
    package func sweep() async throws(KubernetesError) -> Bool {
        let namespaces = try await client.list(
            MetadataOnly<Namespace>.self,
            options: ListOptions(labelSelector: EnvironmentNames.uidLabel, metadataOnly: true)
        ).items
        guard !namespaces.isEmpty else { return true }
        let seen = seenVersion()
        let list = try await client.list(MetadataOnly<AIOpsTask>.self, options: ListOptions(metadataOnly: true))
        // A server behind the others (kubernetes/kubernetes #59848) does not know the youngest tasks yet.
        guard !ResourceVersion.isNewer(seen, than: list.resourceVersion) else {
            logger.warning(
                "environments were not swept: the list of tasks is old",
                ["version": .string(list.resourceVersion), "seen": .string(seen)])
            return false
        }
        let tasks = list.items
        for namespace in EnvironmentSweep.leftBehind(
            namespaces.map(\.metadata), tasks: Set(tasks.map(\.metadata.uid)))
        {
            do throws(KubernetesError) {
                try await client.delete(.namespaces, namespace.key, DeleteOptions(uid: namespace.uid))
            } catch {
                // Gone already, or replaced by another: either way not ours to delete any more.
                guard error.isNotFound || error.isConflict else { throw error }
                continue
            }
            swept?.add([])
            logger.warning(
                "deleted a namespace whose task is gone",
                [
                    "namespace": .string(namespace.name),
                    "task": .string(namespace.labels[EnvironmentNames.uidLabel] ?? ""),
                ])
        }
        return true
    }
}
