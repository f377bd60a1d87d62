import AIOpsAPI
import CurlTransport
import FoundationEssentials
import JSON
import KubernetesClient
import KubernetesModel
import Primitives
import Telemetry
import Testing

/// The definitions on a real API server: accepted, and bad objects refused in our words.
///
/// Needs `AIOPS_TEST_KUBECONFIG`, a server that knows CEL. Nothing is kept but the definitions: objects are only tried.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct DefinitionClusterTests {
    @Test func badSpecsAreRefusedInOurWords() async throws {
        try await withClient { client in
            for (bad, kind) in BadSpec.tasks.map({ ($0, "AIOpsTask") }) + BadSpec.pools.map({ ($0, "WorkerPool") }) {
                let refusal = await refusal(of: bad.spec, kind: kind, client)
                let words = bad.isRule ? bad.message.split(separator: ";").first.map(String.init) : nil
                #expect(refusal?.contains(words ?? "") == true, "\(bad.name): \(refusal ?? "accepted")")
            }
        }
    }

    @Test func goodSpecsAreAccepted() async throws {
        try await withClient { client in
            let task = await refusal(of: BadSpec.good, kind: "AIOpsTask", client)
            #expect(task == nil)
            let pool = await refusal(of: [:], kind: "WorkerPool", client)
            #expect(pool == nil)
        }
    }

    /// Nil when the server would take it.
    private func refusal(of spec: JSONValue, kind: String, _ client: KubernetesClient) async -> String? {
        let object = DynamicObject([
            "apiVersion": "aiops.dev/v1alpha1", "kind": .string(kind),
            "metadata": ["name": "tried-only", "namespace": "default"], "spec": spec,
        ])
        let type = kind == "AIOpsTask" ? AIOpsTask.resourceType : WorkerPool.resourceType
        do throws(KubernetesError) {
            _ = try await client.createDynamic(type, object, options: WriteOptions(dryRun: true))
            return nil
        } catch {
            return "\(error)"
        }
    }

    private func withClient(_ body: @Sendable @escaping (KubernetesClient) async throws -> Void) async throws {
        let path = try #require(
            ProcessInfo.processInfo.environment["AIOPS_TEST_KUBECONFIG"], "run `make test-api`, which sets it")
        let transport = CurlTransport()
        let client = KubernetesClient(
            configuration: try ClientConfiguration.load(kubeconfigPath: path, context: nil, environment: [:]),
            transport: transport, time: SystemTimeSource(), logger: Logger(label: "test", sink: NullLogSink()))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await transport.run() }
            try await install(client)
            try await body(client)
            group.cancelAll()
        }
    }

    /// Applies the definitions and waits until the server serves them.
    private func install(_ client: KubernetesClient) async throws {
        for resource in CustomResource.all {
            let definition = DynamicObject(resource.definition(.current))
            _ = try await client.applyDynamic(.customResourceDefinitions, definition)
        }
        while try await !isServed(client) { try await SystemTimeSource().sleep(for: .milliseconds(100)) }
    }

    /// A definition is Established a moment before its paths answer.
    private func isServed(_ client: KubernetesClient) async throws -> Bool {
        do throws(KubernetesError) {
            _ = try await client.list(AIOpsTask.self, namespace: "default")
            _ = try await client.list(WorkerPool.self, namespace: "default")
            _ = try await client.list(LLMConversation.self, namespace: "default")
            return true
        } catch {
            guard error.isNotFound else { throw error }
            return false
        }
    }
}
