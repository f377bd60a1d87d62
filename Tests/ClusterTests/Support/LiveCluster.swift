import CurlTransport
import Glibc
import HTTP
import KubernetesClient
import KubernetesModel
import Primitives
import Telemetry

/// Why a live test cannot run at all: it fails, so that a run without a cluster is never taken for a green one.
struct NoCluster: Error, CustomStringConvertible {
    let description: String
}

/// A real cluster, named by an environment variable that holds the path of a kubeconfig.
struct LiveCluster: Sendable {
    static let api = LiveCluster(variable: "AIOPS_TEST_KUBECONFIG")
    static let node = LiveCluster(variable: "AIOPS_TEST_NODE_KUBECONFIG")

    let variable: String

    func configuration() throws -> ClientConfiguration {
        guard let path = getenv(variable).map({ String(cString: $0) }), !path.isEmpty else {
            throw NoCluster(
                description: "\(variable) is not set: it must name the kubeconfig of a cluster for tests; "
                    + "scripts/cluster/cluster.py up makes one")
        }
        return try ClientConfiguration.load(kubeconfigPath: path, context: nil, environment: [:])
    }

    /// Runs a test with a client of its own, in a namespace of its own that is deleted afterwards.
    func with(
        _ change: (inout ClientConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (KubernetesClient, String) async throws -> Void
    ) async throws {
        let configuration = try configuration()
        var changed = configuration
        change(&changed)
        let transport = CurlTransport()
        func client(_ configuration: ClientConfiguration) -> KubernetesClient {
            KubernetesClient(
                configuration: configuration, transport: transport, time: SystemTimeSource(), logger: .disabled)
        }
        let (owner, tested) = (client(configuration), client(changed))
        let namespace = "client-test-\(String(UInt32.random(in: .min ... .max), radix: 36))"
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await transport.run() }
            defer { group.cancelAll() }
            let made = try await owner.create(Namespace(metadata: ObjectMeta(name: namespace)))
            do {
                try await body(tested, namespace)
            } catch {
                try await owner.delete(.namespaces, made.key, DeleteOptions(uid: made.metadata.uid))
                throw error
            }
            try await owner.delete(.namespaces, made.key, DeleteOptions(uid: made.metadata.uid))
        }
    }
}
