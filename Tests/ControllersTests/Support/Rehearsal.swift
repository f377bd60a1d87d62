import AIOpsAPI
import Controllers
import Conversations
import Environments
import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import Primitives
import Problems
import SimulationTesting
import Telemetry
import Testing

/// A whole run of one task in memory, by as many operator processes as it takes, with everything kept that the
/// invariants speak of.
struct Rehearsal: Sendable {
    /// How the life of the task goes.
    enum Play: String, Sendable, CaseIterable {
        case detection, mitigation
        /// The agent never says what to do.
        case babbling
        /// The agent uses up the task's time.
        case dithering
        /// The application never comes up, and the task's time is over before the agent's begins.
        case neverHealthy
        /// Cancelled while the model thinks.
        case cancelledGracefully, cancelledImmediately
        /// The provider refuses the key in the middle.
        case refusedKey
        /// Somebody deletes the application's namespace while the agent works.
        case environmentTaken
        /// Somebody deletes the task while the agent works.
        case deleted

        var problem: String {
            "shop_lite_target_port-misconfig-\(self == .mitigation ? "mitigation" : "detection")-1"
        }

        var answers: ScriptedProvider.Answers {
            switch self {
            case .babbling: .babbling
            case .dithering: .dithering
            case .refusedKey: .refusingTheKeyLater
            default: .sensibly
            }
        }

        var timeoutSeconds: Int64? {
            switch self {
            case .dithering: 600
            case .neverHealthy: 20
            default: nil
            }
        }

        /// Whether the agent ever speaks.
        var talks: Bool { self != .neverHealthy }
        /// Whether the run is stopped in the middle of a call, whose reply then stays charged.
        var isCutOff: Bool { [.cancelledImmediately, .environmentTaken, .deleted].contains(self) }
    }

    static let key = ObjectKey(namespace: "demo", name: "t")

    let play: Play
    /// Whether the model goes on thinking until somebody stops the run.
    let thinksOn: Bool
    let catalogue: Catalogue?
    /// Whether there is a table that knows what the model costs.
    let isPriced: Bool
    /// What takes secrets out of all that the processes write, and where their log goes.
    let redactor: Redactor?
    let log: (any LogSink)?
    /// What makes Kind clusters; nil where there is no kind.
    let kind = Locked<KindHost?>(nil)
    let time = PollingTime()
    let cluster: ShopCluster
    let provider: ScriptedProvider
    /// Those of all processes together.
    let metrics = MetricsRegistry()
    /// Every status of the task, in order.
    private let statuses = Locked<[AIOpsTask.Status]>([])
    private let namespaces = Locked<Set<String>>([])

    var server: InMemoryAPIServer { cluster.server }

    init(
        _ play: Play, answers: ScriptedProvider.Answers? = nil, providerAbsentFor: Int = 0, thinksOn: Bool = false,
        catalogue: Catalogue? = nil, isPriced: Bool = false, budget: WorkerPool.Budget? = nil,
        redactor: Redactor? = nil, log: (any LogSink)? = nil, edit: (inout AIOpsTask) -> Void = { _ in }
    ) {
        self.play = play
        self.isPriced = isPriced || budget != nil
        (self.redactor, self.log) = (redactor, log)
        self.thinksOn = thinksOn || play.isCutOff
        self.catalogue = catalogue
        cluster = ShopCluster(time: time, rollsOut: play != .neverHealthy)
        provider = ScriptedProvider(
            isMitigation: play == .mitigation, answers: answers ?? play.answers, absentFor: providerAbsentFor)
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
        server.put(Fixture.pool { $0.spec.budget = budget })
        if self.isPriced { server.put(ScriptedProvider.prices(named: "prices", in: "demo")) }
        var task = Fixture.task()
        task.metadata = ObjectMeta(name: "t", namespace: "demo")
        task.spec.problem?.id = play.problem
        var agent = AIOpsTask.Agent()
        var model = ModelSettings()
        model.provider = .openAICompatible
        model.name = "scripted"
        model.baseURL = ScriptedProvider.baseURL
        agent.model = model
        task.spec.agent = agent
        if let timeout = play.timeoutSeconds {
            var limits = AIOpsTask.Limits()
            limits.timeoutSeconds = timeout
            task.spec.limits = limits
        }
        edit(&task)
        server.put(task)
    }

    func process(_ session: String, event: ProcessLink.Event? = nil) throws -> OperatorProcess {
        let link = ProcessLink(server: server, provider: provider, event: event)
        let process = try OperatorProcess(
            session: session, link: link, server: server, time: time, catalogue: catalogue, metrics: metrics,
            priceTable: isPriced ? "prices" : nil, redactor: redactor, log: log, kind: kind.withLock { $0 })
        link.whileThinking.withLock { $0 = { await self.meanwhile(process) } }
        return process
    }

    /// What happens while the model thinks.
    private func meanwhile(_ process: OperatorProcess) async {
        do {
            let outsider = Bench.client(server, time)
            switch play {
            case .dithering: time.advance(by: .seconds(250))
            // Longer than progress is held back, so that every reply shows in status.
            case .babbling: time.advance(by: .seconds(11))
            case .cancelledGracefully, .cancelledImmediately:
                let mode = play == .cancelledGracefully ? "Graceful" : "Immediate"
                _ = try await outsider.patch(
                    AIOpsTask.self, Self.key, .merge(["spec": ["cancel": .string(mode)]]), options: WriteOptions())
                try await process.supervise()
            case .deleted:
                try await outsider.delete(AIOpsTask.resourceType, Self.key, DeleteOptions())
                try await process.supervise()
            case .environmentTaken:
                for name in namespacesLeft where name.hasPrefix("env-") {
                    try await outsider.delete(.namespaces, ObjectKey(name: name), DeleteOptions())
                }
            case .detection, .mitigation, .neverHealthy, .refusedKey: break
            }
        } catch {
            // The process died, or its run was stopped, on the way.
            #expect(process.link.isDead || Task.isCancelled, "\(error)")
        }
        guard thinksOn else { return }
        // The model thinks until the run is stopped; that it is not would be seen in the outcome.
        for _ in 0..<100_000 where !Task.isCancelled && !process.link.isDead {
            time.advance(by: .milliseconds(10))
            await Task.yield()
        }
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

    func numberOfTheFirstWrite(_ matches: (APICall) -> Bool) throws -> Int {
        let index = server.writes.firstIndex(where: matches)
        return try #require(index) + 1
    }

    func task() throws -> AIOpsTask? { try server.object(AIOpsTask.self, Self.key) }

    func isCleanedUp() throws -> Bool {
        guard let status = try task()?.status else { return true }
        return status.isFinished && status.conditions.isTrue(.cleanedUp)
    }

    /// Whether nothing of the task is left, itself included.
    @Sendable func isGone() throws -> Bool { try task() == nil && namespacesLeft.isEmpty }

    @Sendable func isPersisted() throws -> Bool {
        try task()?.status.conditions.isTrue(.conversationPersisted) == true
    }

    @Sendable func isOver() throws -> Bool { play == .deleted ? try isGone() : try isCleanedUp() }

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
