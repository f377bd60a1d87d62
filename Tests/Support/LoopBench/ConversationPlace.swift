import AIOpsAPI
import Controllers
import Conversations
import CurlTransport
import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import Lifecycle
import Primitives
import Telemetry

/// Where conversations are kept: an API server, or one in memory.
struct ConversationPlace: Sendable {
    let transport: TimedTransport
    let client: KubernetesClient
    let namespace: String
    private let form: StoredForm
    private let reader: KubernetesClient
    private let time: any TimeSource
    /// Tells the runs of two measurements apart.
    private let run: String

    /// `place` is `memory` or the path of a kubeconfig.
    init(_ place: String, namespace: String, over curl: CurlTransport, time: any TimeSource) throws {
        let base: any HTTPTransport
        var configuration = ClientConfiguration(server: "https://memory", tls: TLSConfiguration())
        if place == "memory" {
            let server = InMemoryAPIServer(
                types: [
                    ServedType(AIOpsTask.resourceType, defaultStatus: ["observedGeneration": -1]),
                    ServedType(LLMConversation.resourceType, defaultStatus: ["observedGeneration": -1]),
                ], time: time)
            server.addNamespace(namespace)
            // A real one writes with each object who owns which field of it.
            server.keepManagedFields()
            base = server
        } else {
            base = curl
            configuration = try ClientConfiguration.load(kubeconfigPath: place, context: nil, environment: [:])
        }
        transport = TimedTransport(base, time: time)
        client = KubernetesClient(
            configuration: configuration, transport: transport, time: time, logger: .disabled, seed: 1)
        form = StoredForm(base)
        reader = KubernetesClient(configuration: configuration, transport: form, time: time, logger: .disabled, seed: 1)
        self.namespace = namespace
        self.time = time
        run = "bench-\(time.wallNow().microseconds)"
    }

    /// The open conversation of a task of that number, and what its record is called; the task owns it, as in a cluster.
    func conversation(_ number: Int) async throws -> (task: ObjectKey, identity: String, keeper: ConversationKeeper) {
        let key = ObjectKey(namespace: namespace, name: "\(run)-\(number)")
        var spec = AIOpsTask.Spec()
        spec.problem = AIOpsTask.ProblemWork()
        spec.problem?.id = "bench"
        // Nobody is to run it.
        spec.suspend = true
        let task = try await client.create(
            AIOpsTask(metadata: ObjectMeta(name: key.name, namespace: namespace), spec: spec))
        var claim = AIOpsTask.Claim()
        claim.worker = "bench"
        claim.epoch = 1
        let location = ConversationLocation(task, attempt: 1, retain: .withTask)
        let keeper = ConversationKeeper(
            location, task: task, claim: claim,
            description: .init(
                model: .init(), settings: .init(), role: nil, metadata: .init(), isSimulated: false, priceTable: nil),
            client: client, time: time)
        try await keeper.open()
        return (key, location.identity, keeper)
    }

    /// Bytes of all ConfigMaps of a conversation that there are, as they are kept.
    func stored(_ identity: String) async throws -> Int {
        let maps = try await client.list(
            ConfigMap.self, namespace: namespace,
            options: ListOptions(labelSelector: "\(ConversationLocation.label)=\(identity)")
        ).items
        let before = form.bytes
        for map in maps { _ = try await reader.get(ConfigMap.self, map.metadata.key) }
        return form.bytes - before
    }

    /// Takes the task away, and with it, where somebody collects garbage, its conversation.
    func remove(_ task: ObjectKey) async throws {
        try await client.delete(AIOpsTask.resourceType, task)
    }
}
