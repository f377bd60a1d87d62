import AIOpsAPI
import CurlTransport
import JSON
package import KubernetesClient
package import KubernetesModel
import Primitives
import Telemetry

/// A real cluster, in the hands of one suite at a time.
package struct TestCluster: Sendable {
    package let kubeconfig: String
    package let client: KubernetesClient
    package let kubectl: Kubectl

    /// Opens the cluster that the environment names for as long as `body` runs, with our definitions installed, or
    /// without any of them.
    package static func with(
        _ profile: TestProfile, definitions: Bool = true, _ body: @Sendable (TestCluster) async throws -> Void
    ) async throws {
        let kubeconfig = try profile.kubeconfig()
        let transport = CurlTransport()
        let client = KubernetesClient(
            configuration: try ClientConfiguration.load(kubeconfigPath: kubeconfig, context: nil, environment: [:]),
            transport: transport, time: SystemTimeSource(), logger: Logger(label: "test", sink: NullLogSink()))
        let cluster = TestCluster(kubeconfig: kubeconfig, client: client, kubectl: Kubectl(kubeconfig: kubeconfig))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await transport.run() }
            try await ClusterLock.with(kubeconfig) {
                if definitions {
                    try await cluster.installDefinitions(profile.dialect)
                } else {
                    try await cluster.removeDefinitions()
                }
                try await body(cluster)
            }
            group.cancelAll()
        }
    }

    /// Gives `body` a namespace of its own and removes it, with what the tasks in it made.
    ///
    /// An operator must be running when `body` returns: it has to let go of the tasks.
    package func withNamespace(
        _ purpose: String, _ body: @Sendable (String) async throws -> Void
    ) async throws {
        let name = "test-\(purpose)-\(Self.randomSuffix())"
        _ = try await client.create(Namespace(metadata: ObjectMeta(name: name)))
        do {
            try await body(name)
        } catch {
            // What went wrong is the news; what is left of it would only hide it.
            do { try await remove(name) } catch let second { print("after a failed test: \(second)") }
            throw error
        }
        try await remove(name)
    }

    package static func randomSuffix() -> String {
        var random = SystemRandomNumberGenerator()
        let letters = Array("bcdfghjklmnpqrstvwxz2456789")
        return String((0..<6).compactMap { _ in letters.randomElement(using: &random) })
    }

    private func remove(_ namespace: String) async throws {
        for task in try await client.list(AIOpsTask.self, namespace: namespace).items {
            try await ignoringNotFound { try await client.delete(AIOpsTask.resourceType, task.metadata.key) }
        }
        try await eventually("the tasks of \(namespace) are let go", within: .seconds(300)) {
            let left = try await client.list(AIOpsTask.self, namespace: namespace).items
            return .holds(left.isEmpty, else: left.map { "\($0.metadata.name) \($0.status.conditions)" }.joined())
        }
        try await ignoringNotFound {
            try await client.delete(.namespaces, ObjectKey(namespace: "", name: namespace))
        }
        try await eventually("namespace \(namespace) is gone", within: .seconds(90)) {
            .holds(try await isGone(Namespace.self, ObjectKey(namespace: "", name: namespace)), else: "it is there")
        }
    }

    package func isGone<R: KubernetesObject>(_ type: R.Type, _ key: ObjectKey) async throws -> Bool {
        do throws(KubernetesError) {
            _ = try await client.get(type, key)
            return false
        } catch {
            guard error.isNotFound else { throw error }
            return true
        }
    }

    private func ignoringNotFound(_ body: () async throws -> Void) async throws {
        do { try await body() } catch let error as KubernetesError where error.isNotFound {}
    }

    // MARK: Definitions

    private func removeDefinitions() async throws {
        for resource in CustomResource.all {
            let key = DynamicObject(resource.definition(.current)).key
            try await ignoringNotFound { try await client.delete(.customResourceDefinitions, key) }
        }
        try await eventually("the definitions are gone") {
            let left = try await client.listDynamic(.customResourceDefinitions).items.filter {
                $0.metadata.name.hasSuffix(".aiops.dev")
            }
            return .holds(left.isEmpty, else: "\(left.map(\.metadata.name))")
        }
    }

    private func installDefinitions(_ dialect: Schema.Dialect) async throws {
        for resource in CustomResource.all {
            let definition = DynamicObject(resource.definition(dialect))
            _ = try await client.applyDynamic(.customResourceDefinitions, definition)
        }
        try await eventually("the definitions are served") { () async throws -> Answer<Void> in
            for type in [AIOpsTask.resourceType, WorkerPool.resourceType, LLMConversation.resourceType] {
                do throws(KubernetesError) {
                    _ = try await client.listDynamic(type, namespace: "default")
                } catch {
                    guard error.isNotFound || error.isRetryable else { throw error }
                    return .notYet("\(error)")
                }
            }
            return .yes(())
        }
    }
}
