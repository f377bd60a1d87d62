import ClusterTesting
import CurlTransport
import Glibc
import HTTP
import KubernetesClient
import Primitives
import Telemetry

/// The cluster with real pods that these tests run against, named by `AIOPS_TEST_NODE_KUBECONFIG`.
enum NodeCluster {
    struct Missing: Error, CustomStringConvertible {
        var description: String {
            "AIOPS_TEST_NODE_KUBECONFIG names no kubeconfig of a cluster with real pods; "
                + "bring one up with scripts/cluster/cluster.py up --profile node"
        }
    }

    /// Runs the body with a client of that cluster.
    static func use<T: Sendable>(
        _ body: @escaping @Sendable (KubernetesClient, SystemTimeSource) async throws -> T
    ) async throws -> T {
        guard let path = getenv("AIOPS_TEST_NODE_KUBECONFIG").map({ String(cString: $0) }), !path.isEmpty else {
            throw Missing()
        }
        let transport = CurlTransport()
        let time = SystemTimeSource()
        let client = KubernetesClient(
            configuration: try ClientConfiguration.load(kubeconfigPath: path, context: nil, environment: [:]),
            transport: transport, time: time, logger: Logger(label: "node-tests", sink: NoLog(), level: .error))
        return try await withThrowingTaskGroup(of: T?.self) { group in
            group.addTask {
                try await transport.run()
                return nil
            }
            // An operator would sweep away environments whose task it does not find.
            group.addTask { try await ClusterLock.with(path) { try await body(client, time) } }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    private struct NoLog: LogSink {
        func write(_ record: LogRecord) {}
    }
}
