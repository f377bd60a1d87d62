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
import Testing

/// A whole run of one task in memory, by as many operator processes as it takes, with everything kept that the
/// invariants speak of.
struct Rehearsal: Sendable {
    enum Play: String, Sendable, CaseIterable {
        case detection = "shop_lite_target_port-misconfig-detection-1"
        case mitigation = "shop_lite_target_port-misconfig-mitigation-1"
    }

    static let key = ObjectKey(namespace: "demo", name: "t")

    let play: Play
    let time = PollingTime()
    let cluster: ShopCluster
    let provider: ScriptedProvider
    /// Every status of the task, in order.
    private let statuses = Locked<[AIOpsTask.Status]>([])
    private let namespaces = Locked<Set<String>>([])

    var server: InMemoryAPIServer { cluster.server }

    init(_ play: Play) {
        self.play = play
        cluster = ShopCluster(time: time)
        provider = ScriptedProvider(isMitigation: play == .mitigation)
        let (statuses, namespaces) = (statuses, namespaces)
        server.react(to: AIOpsTask.resourceType) { object, _ in
            guard let task = try? AIOpsTask(jsonValue: object) else { return }
            statuses.withLock { $0.append(task.status) }
        }
        server.react(to: .namespaces) { object, _ in
            guard let name = object["metadata", "name"]?.stringValue, name != "demo", name != "default",
                let uid = object["metadata", "uid"]?.stringValue
            else { return }
            _ = namespaces.withLock { $0.insert(uid) }
        }
        server.put(Fixture.pool())
        var task = Fixture.task()
        task.metadata = ObjectMeta(name: "t", namespace: "demo")
        task.spec.problem?.id = play.rawValue
        var agent = AIOpsTask.Agent()
        var model = ModelSettings()
        model.provider = .openAICompatible
        model.name = "scripted"
        model.baseURL = ScriptedProvider.baseURL
        agent.model = model
        task.spec.agent = agent
        server.put(task)
    }

    func process(_ session: String, event: ProcessLink.Event? = nil) throws -> OperatorProcess {
        let link = ProcessLink(server: server, provider: provider, event: event)
        return try OperatorProcess(session: session, link: link, server: server, time: time)
    }

    /// Runs to the end of the clean-up, with a second process where the first dies.
    ///
    /// - Returns: the writes of the first process.
    @discardableResult
    func perform(_ event: ProcessLink.Event? = nil, until isDone: (@Sendable () throws -> Bool)? = nil) async throws
        -> Int
    {
        let done = isDone ?? { try isCleanedUp() }
        let first = try process("aaaaa", event: event)
        #expect(try await first.work(until: done), "the first process is stuck")
        if first.link.isDead {
            #expect(try await process("bbbbb").work(until: done), "the second process is stuck")
        }
        return first.link.writes
    }

    func task() throws -> AIOpsTask? { try server.object(AIOpsTask.self, Self.key) }

    func isCleanedUp() throws -> Bool {
        guard let status = try task()?.status else { return true }
        return status.isFinished && status.conditions.isTrue(.cleanedUp)
    }

    var history: [AIOpsTask.Status] { statuses.withLock { $0 } }
    /// Namespaces that were ever made for the task.
    var namespacesMade: Int { namespaces.withLock { $0.count } }

    /// The task, its conversation and the namespaces, with their versions: equal means that nothing was written.
    var objectsLeft: [JSONValue] {
        [AIOpsTask.resourceType, LLMConversation.resourceType, .configMaps, .namespaces].flatMap { server.objects($0) }
    }

    var namespacesLeft: [String] {
        server.objects(.namespaces).compactMap { $0["metadata", "name"]?.stringValue }
            .filter { $0 != "demo" && $0 != "default" }
    }

    /// The sealed conversation as a reader finds it.
    func conversation() async throws -> (status: LLMConversation.Status, record: ConversationRecord, maps: [String]) {
        let task = try #require(try task())
        let location = ConversationLocation(task, attempt: 1, retain: .withTask)
        let object = try #require(try server.object(LLMConversation.self, location.key))
        let client = KubernetesClient(
            configuration: ClientConfiguration(server: "https://memory", tls: TLSConfiguration()), transport: server,
            time: time, logger: .disabled, seed: 1)
        let flushes = try await ConfigMapJournal(location, epoch: .max, client: client).load()
        let repair = ConversationRepair(flushes, identity: location.identity)
        #expect(repair.fault == nil)
        let record = try ConversationRecord(identity: location.identity, entries: repair.entries) { $0 }
        let maps = try server.objects(ConfigMap.self, namespace: "demo")
            .filter { $0.metadata.labels[ConversationLocation.label] != nil }.map(\.metadata.name)
        return (object.status, record, maps)
    }
}
