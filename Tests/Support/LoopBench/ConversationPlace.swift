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
    private let time: any TimeSource
    /// Tells the runs of two measurements apart.
    private let run: String

    /// `place` is `memory` or the path of a kubeconfig.
    init(_ place: String, namespace: String, over curl: CurlTransport, time: any TimeSource) throws {
        let base: any HTTPTransport
        var configuration = ClientConfiguration(server: "https://memory", tls: TLSConfiguration())
        if place == "memory" {
            let server = InMemoryAPIServer(
                types: [ServedType(LLMConversation.resourceType, defaultStatus: ["observedGeneration": -1])], time: time
            )
            server.addNamespace(namespace)
            base = server
        } else {
            base = curl
            configuration = try ClientConfiguration.load(kubeconfigPath: place, context: nil, environment: [:])
        }
        transport = TimedTransport(base, time: time)
        client = KubernetesClient(
            configuration: configuration, transport: transport, time: time, logger: .disabled, seed: 1)
        self.namespace = namespace
        self.time = time
        run = "bench-\(time.wallNow().microseconds)"
    }

    /// The open conversation of a task of that number, and what its record is called; nobody owns it.
    func conversation(_ number: Int) async throws -> (identity: String, keeper: ConversationKeeper) {
        var metadata = ObjectMeta(name: "\(run)-\(number)", namespace: namespace)
        metadata.uid = "\(run)-\(number)"
        let task = AIOpsTask(metadata: metadata, spec: AIOpsTask.Spec())
        var claim = AIOpsTask.Claim()
        claim.worker = "bench"
        claim.epoch = 1
        let location = ConversationLocation(task, attempt: 1, retain: .keep)
        let keeper = ConversationKeeper(
            location, task: task, claim: claim,
            description: .init(
                model: .init(), settings: .init(), role: nil, metadata: .init(), isSimulated: false, priceTable: nil),
            client: client, time: time)
        try await keeper.open()
        return (location.identity, keeper)
    }
}
