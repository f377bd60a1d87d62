import AIOpsAPI
import Controllers
import Conversations
import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import Primitives
import SimulationTesting
import Telemetry

/// An API server in memory with the three kinds, and one part of the operator before it.
struct Bench: Sendable {
    let time = PollingTime()
    let server: InMemoryAPIServer
    let client: KubernetesClient

    init() {
        let server = ShopCluster(time: time).server
        self.server = server
        client = Self.client(server, time)
    }

    static func client(_ transport: any HTTPTransport, _ time: any TimeSource) -> KubernetesClient {
        KubernetesClient(
            configuration: ClientConfiguration(server: "https://memory", tls: TLSConfiguration()),
            transport: transport, time: time, logger: .disabled, seed: 1)
    }

    /// A client that dies, or loses a reply, at a chosen write.
    func client(_ event: ProcessLink.Event) -> KubernetesClient {
        Self.client(
            ProcessLink(server: server, provider: ScriptedProvider(isMitigation: false), event: event), time)
    }

    /// Stores the task and gives it back as the server has it.
    func store(_ task: AIOpsTask) throws -> AIOpsTask {
        var new = task
        new.metadata.uid = ""
        new.metadata.resourceVersion = ""
        server.put(new)
        return try stored(task.key)
    }

    func stored(_ key: ObjectKey) throws -> AIOpsTask {
        guard let task = try server.object(AIOpsTask.self, key) else { throw Missing(key: key) }
        return task
    }

    struct Missing: Error {
        var key: ObjectKey
    }

    static func claim(_ worker: String = "demo/default-aaaaa-0", epoch: Int64 = 1) -> AIOpsTask.Claim {
        var claim = AIOpsTask.Claim()
        claim.worker = worker
        claim.epoch = epoch
        return claim
    }

    static func flushes(_ identity: String, _ count: Int) -> [Flush] {
        var record = ConversationRecord(identity: identity) { $0 }
        return (0..<count).map { number in
            record.append([
                ConversationMessage(
                    timestamp: Fixture.now, role: number % 2 == 0 ? .user : .assistant, content: "message \(number)")
            ])
        }
    }

    func keeper(
        _ task: AIOpsTask, epoch: Int64 = 1, client: KubernetesClient? = nil, retain: ConversationRetention = .withTask
    ) -> ConversationKeeper {
        let claim = Self.claim("demo/default-aaaaa-\(epoch)", epoch: epoch)
        return ConversationKeeper(
            ConversationLocation(task, attempt: 1, retain: retain), task: task, claim: claim,
            description: .init(
                model: .init(), settings: .init(), role: nil, metadata: .init(), isSimulated: true, priceTable: nil),
            client: client ?? self.client, time: time)
    }

    func conversation(_ task: AIOpsTask, retain: ConversationRetention = .withTask) throws -> LLMConversation? {
        try server.object(LLMConversation.self, ConversationLocation(task, attempt: 1, retain: retain).key)
    }

    /// Names of the ConfigMaps of the conversation.
    var maps: [String] {
        server.objects(.configMaps, namespace: "demo").compactMap { $0["metadata", "name"]?.stringValue }
    }
}
