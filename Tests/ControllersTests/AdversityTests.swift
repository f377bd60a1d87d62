import AIOpsAPI
import Controllers
import Conversations
import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import Primitives
import SchedulingTesting
import SimulationTesting
import Testing

/// Whole runs in a world in which something goes wrong, and how the task tells of it.
@Suite(.ownThread) struct AdversityTests {
    private func status(_ run: Rehearsal) throws -> AIOpsTask.Status { try #require(try run.task()).status }

    // MARK: The model's server

    private static var reference: SecretKeyReference {
        var reference = SecretKeyReference()
        reference.name = "model"
        return reference
    }

    private static func secret(_ key: String) -> KubernetesModel.Secret {
        KubernetesModel.Secret(
            metadata: ObjectMeta(name: "model", namespace: "demo"), type: ModelResolver.secretType,
            data: ["apiKey": Array(key.utf8), "hosts": Array(ScriptedProvider.host.utf8)])
    }

    @Test func aModelServerThatIsDownForAWhileIsWaitedForBeforeAnythingIsMade() async throws {
        let run = Rehearsal(.detection, providerAbsentFor: 3)
        try await run.perform()
        #expect(try status(run).result?.verdict == .passed)
        #expect(run.provider.probes == 4)
        let waiting = run.history.filter { $0.conditions.get(.reconciling)?.reason == "ProviderUnavailable" }
        let told = try #require(waiting.first?.conditions.get(.reconciling)?.message)
        #expect(told.contains("nothing is made yet") && told.contains("refused"))
        // The same trouble again is the same status.
        #expect(waiting.count == 1)
        #expect(waiting.allSatisfy { $0.environment == nil })
    }

    @Test(arguments: [nil, 20, 5] as [Int64?])
    func aModelServerThatStaysAwayEndsTheTaskBeforeAnythingIsMade(startDeadline: Int64?) async throws {
        let run = Rehearsal(.detection, providerAbsentFor: .max) { task in
            var limits = AIOpsTask.Limits()
            limits.startDeadlineSeconds = startDeadline
            task.spec.limits = limits
        }
        try await run.perform()
        let status = try status(run)
        #expect(status.phase == .failed && status.result?.verdict == nil)
        #expect(status.conditions.get(.succeeded)?.reason == "ProviderUnavailable")
        #expect(run.namespacesMade == 0 && run.provider.calls == 0)
        let waited = try #require(status.durationSeconds)
        #expect(waited <= startDeadline ?? 60)
    }

    /// What a name stands for is known only where the connection is made.
    @Test func aModelWhoseNameStandsForALinkLocalAddressIsTheUsersToMend() async throws {
        let run = Rehearsal(.detection, answers: .atARefusedAddress)
        try await run.perform()
        let condition = try #require(try status(run).conditions.get(.succeeded))
        #expect(condition.reason == "HostNotAllowed" && condition.message.contains("name an address that"))
        #expect(run.namespacesMade == 0)
    }

    @Test func aCostLimitWithoutAPriceIsRefusedBeforeAnythingIsMade() async throws {
        let run = Rehearsal(.detection) {
            var limits = $0.spec.limits ?? AIOpsTask.Limits()
            limits.maxCost = DecimalString("1.50")
            $0.spec.limits = limits
        }
        try await run.perform()
        let condition = try #require(try status(run).conditions.get(.succeeded))
        #expect(condition.reason == "PriceUnknown" && condition.message.contains("remove maxCost"))
        #expect(run.namespacesMade == 0 && run.provider.calls == 0)
    }

    /// Nobody waits for an application to hear that the first call would be refused.
    @Test(arguments: [(DecimalString?("0.2"), nil, "temperature"), (nil, 120_000, "maxTokens")])
    func aSettingThatTheModelRefusesIsToldBeforeAnythingIsMade(
        temperature: DecimalString?, maxTokens: Int?, field: String
    ) async throws {
        let run = Rehearsal(.detection) {
            $0.spec.agent?.model?.provider = .openAI
            $0.spec.agent?.model?.name = "o3"
            $0.spec.agent?.model?.credentialsSecretRef = Self.reference
            $0.spec.agent?.model?.temperature = temperature
            $0.spec.agent?.model?.maxTokens = maxTokens
        }
        run.server.put(Self.secret("sk-the-only-one-000000001"))
        try await run.perform()
        let condition = try #require(try status(run).conditions.get(.succeeded))
        #expect(condition.reason == "InvalidSpec" && condition.message.contains(field), "\(condition)")
        #expect(run.namespacesMade == 0 && run.provider.calls == 0 && run.provider.probes == 0)
    }

    /// F17 found it: what is said to exist may be gone by then, and a grading without its baseline is none.
    @Test func aBaselineThatIsThereAndGoneIsWrittenAgain() async throws {
        let run = Rehearsal(.detection)
        run.server.inject(.answer(Status(code: 409, reason: "AlreadyExists", message: "it was there")), times: 2) {
            $0.type == .configMaps && $0.verb == "create" && $0.name.hasSuffix("-baseline")
        }
        try await run.perform()
        let status = try status(run)
        #expect(status.result?.verdict == .passed, "\(status.conditions)")
    }

    /// It is restarted while the agent works; a run that has cost so much is worth a wait.
    ///
    /// Five requests open the circuit, the sixth is its probe a minute later.
    @Test func aModelServerThatIsAwayInTheMiddleOfARunIsWaitedFor() async throws {
        let running = ProcessLink.Moment.first { $0.body["status", "phase"] == "Running" }
        let run = Rehearsal(.detection)
        try await run.perform(.interference(running) { run.provider.goAway(for: 6) })
        let status = try status(run)
        #expect(status.result?.verdict == .passed && status.usage?.calls == 2)
        try await run.expectInvariants(lostCalls: 0)
    }

    @Test func aModelServerThatStaysAwayInTheMiddleOfARunEndsItWithoutAVerdict() async throws {
        let running = ProcessLink.Moment.first { $0.body["status", "phase"] == "Running" }
        let run = Rehearsal(.detection)
        try await run.perform(.interference(running) { run.provider.goAway(for: .max) })
        let status = try status(run)
        #expect(status.phase == .failed && status.result?.verdict == nil)
        #expect(status.conditions.get(.succeeded)?.reason == "ProviderUnavailable")
        #expect(try #require(status.durationSeconds) >= 120)
    }

    /// A key that is rotated while an agent works is read again; one that is only revoked ends the run.
    @Test(arguments: [true, false]) func aKeyThatIsRotatedInTheMiddleOfARunIsReadAgain(isReplaced: Bool) async throws {
        let running = ProcessLink.Moment.first { $0.body["status", "phase"] == "Running" }
        let run = Rehearsal(.detection) {
            $0.spec.agent?.model?.credentialsSecretRef = Self.reference
        }
        run.server.put(Self.secret("sk-the-first-of-them-0001"))
        run.provider.take(only: "sk-the-first-of-them-0001")
        try await run.perform(
            .interference(running) {
                run.provider.take(only: "sk-the-other-one-000002")
                if isReplaced { run.server.put(Self.secret("sk-the-other-one-000002")) }
            })
        let status = try status(run)
        if isReplaced {
            #expect(status.result?.verdict == .passed && status.usage?.calls == 2, "\(status.conditions)")
            try await run.expectInvariants(lostCalls: 0)
        } else {
            #expect(status.conditions.get(.succeeded)?.reason == "ProviderAuthFailed", "\(status.conditions)")
            #expect(run.provider.calls == 0)
        }
    }

    @Test func aPoolSaysHowLongAProviderIsWaitedFor() async throws {
        let running = ProcessLink.Moment.first { $0.body["status", "phase"] == "Running" }
        let run = Rehearsal(.detection)
        run.server.modify(WorkerPool.resourceType, ObjectKey(namespace: "demo", name: "default")) {
            $0["spec"]?["providerRetry"] = [
                "patienceSeconds": 6, "initialDelaySeconds": 1, "maxDelaySeconds": 3,
            ]
        }
        try await run.perform(.interference(running) { run.provider.goAway(for: .max) })
        let status = try status(run)
        #expect(status.conditions.get(.succeeded)?.reason == "ProviderUnavailable")
        // 1, 2, 3 and 3 seconds, each up to a quarter shorter: the fifth failure at the latest is the last.
        #expect((6..<20).contains(try #require(status.durationSeconds)))
    }

    // MARK: The pool

    private static let other = ObjectKey(namespace: "demo", name: "other")

    /// A run keeps the model, the route and the key of the pool as it was when it admitted the task.
    @Test(arguments: ["Queued", "Running"])
    func anEditOfThePoolOrTheTaskChangesNoRun(phase: String) async throws {
        let run = Rehearsal(.detection) { task in
            task.spec.agent = nil
            task.metadata.labels = ["tier": "slow"]
        }
        run.server.modify(WorkerPool.resourceType, ObjectKey(namespace: "demo", name: "default")) {
            $0["spec"]?["modelDefaults"] = [
                "provider": "OpenAICompatible", "name": "scripted", "baseURL": .string(ScriptedProvider.baseURL),
            ]
            $0["spec"]?["routes"] = [["pattern": "*", "matchLabels": ["tier": "slow"], "timeoutSeconds": 4321]]
        }
        // The process dies with the write that brings the task there; what comes after is the work of the next.
        let first = try run.process(
            "aaaaa", event: .deathAfter(.first { $0.body["status", "phase"] == .string(phase) }))
        #expect(try await first.work { try run.isCleanedUp() } && first.link.isDead)
        #expect(try run.task()?.status.phase?.rawValue == phase)
        run.server.modify(WorkerPool.resourceType, ObjectKey(namespace: "demo", name: "default")) {
            $0["spec"]?["modelDefaults"] = ["provider": "Simulated"]
            $0["spec"]?["routes"] = []
        }
        run.server.modify(AIOpsTask.resourceType, Rehearsal.key) {
            $0["spec"]?["poolRef"] = ["name": .string(Self.other.name)]
            $0["spec"]?["problem"] = ["id": "noop_detection_shop_lite-1"]
            $0["metadata"]?["labels"] = ["tier": "fast"]
            $0["metadata"]?["generation"] = 2
        }
        run.server.put(Fixture.pool(Self.other.name))
        #expect(try await run.process("bbbbb").work { try run.isCleanedUp() })
        let status = try status(run)
        #expect(status.result?.verdict == .passed && status.usage?.simulated == false)
        #expect(status.provenance?.model == "scripted" && run.provider.calls == 2)
        #expect(status.claim?.worker.hasPrefix("demo/default-bbbbb") == true)
        let location = ConversationLocation(try #require(try run.task()), attempt: 1, retain: .withTask)
        let spec = try #require(try run.server.object(LLMConversation.self, location.key)).spec
        #expect(spec.model?.provider == .openAICompatible && spec.model?.name == "scripted")
        let sandbox = run.server.writes.last { $0.body["spec", "activeDeadlineSeconds"] != nil }
        #expect(sandbox?.body["spec", "activeDeadlineSeconds"] == 4921)
    }

    /// A version that kept no copy has left a task behind: it runs by the pool as it is.
    @Test func aTaskWithoutACopyOfItsPoolRunsByThePoolAsItIs() async throws {
        let run = Rehearsal(.detection) { $0.spec.agent = nil }
        run.server.modify(WorkerPool.resourceType, ObjectKey(namespace: "demo", name: "default")) {
            $0["spec"]?["modelDefaults"] = [
                "provider": "OpenAICompatible", "name": "scripted", "baseURL": .string(ScriptedProvider.baseURL),
            ]
        }
        #expect(try await run.process("aaaaa").work { try run.task()?.status.phase == .queued })
        run.server.modify(AIOpsTask.resourceType, Rehearsal.key) { $0["status"]?["admission"]?["pool"] = nil }
        #expect(try await run.process("bbbbb").work { try run.isCleanedUp() })
        #expect(try status(run).provenance?.model == "scripted")
    }

    // MARK: The API server

    /// A server that is away for longer than a run waits for it interrupts the run and never ends the task.
    @Test(arguments: [
        (ResourceType.configMaps, "list", 200), (.configMaps, "get", 200), (.endpoints, "get", 200),
        (LLMConversation.resourceType, "get", 200),
        // Each of these costs the back-off of a whole reconcile, and the task's own time goes on.
        (AIOpsTask.resourceType, "patch", 60),
    ])
    func anOutageOfTheServerNeverEndsTheTask(type: ResourceType, verb: String, refusals: Int) async throws {
        let run = Rehearsal(.detection)
        let first = try run.process("aaaaa")
        // Told apart from those before the run by the claim: nothing of the kind is asked for by a worker before it has one.
        #expect(try await first.work { try run.task()?.status.claim != nil })
        run.server.inject(.answer(Status(code: 500, reason: "InternalError", message: "weather")), times: refusals) {
            $0.type == type && $0.verb == verb
        }
        #expect(try await first.work { try run.isCleanedUp() && run.isPersisted() })
        run.server.forgetFaults()
        #expect(try status(run).result?.verdict == .passed)
        try await run.expectInvariants()
    }

    // MARK: The environment

    /// M2: it hung until the task's time was over.
    @Test func anEnvironmentTakenWhileDeployingEndsTheAttemptAsLost() async throws {
        let run = Rehearsal(.neverHealthy) { $0.spec.limits?.timeoutSeconds = 86_400 }
        let deploying = ProcessLink.Moment.first { $0.type == .jobs && $0.verb == "create" }
        let outsider = Bench.client(run.server, run.time)
        try await run.perform(
            .interference(deploying) {
                for name in run.namespacesLeft where name.hasPrefix("env-") {
                    do {
                        try await outsider.delete(.namespaces, ObjectKey(name: name), DeleteOptions())
                    } catch {
                        Issue.record(error)
                    }
                }
            })
        let status = try status(run)
        #expect(status.conditions.get(.succeeded)?.reason == "EnvironmentLost")
        #expect(status.phase == .failed && status.result?.verdict == nil)
        #expect(run.namespacesLeft.isEmpty && run.namespacesMade == 2)
    }

    /// M3: it was graded as the agent's failure.
    ///
    /// Here the agent is done when it happens.
    @Test(arguments: [Rehearsal.Play.mitigation, .detection])
    func anEnvironmentTakenWhileGradingIsNotHeldAgainstTheAgent(play: Rehearsal.Play) async throws {
        let run = Rehearsal(play)
        let grading = ProcessLink.Moment.first { $0.body["status", "phase"] == "Evaluating" }
        let outsider = Bench.client(run.server, run.time)
        try await run.perform(
            .interference(grading) {
                for name in run.namespacesLeft where name.hasPrefix("env-") {
                    do {
                        try await outsider.delete(.namespaces, ObjectKey(name: name), DeleteOptions())
                    } catch {
                        Issue.record(error)
                    }
                }
            })
        let status = try status(run)
        #expect(status.conditions.get(.succeeded)?.reason == "EnvironmentLost")
        #expect(status.result?.verdict == nil && !status.conditions.isTrue(.evaluated))
        #expect(run.namespacesLeft.isEmpty && run.namespacesMade == 2)
    }

    // MARK: The sandbox

    @Test func aRepairWhoseConnectionBreaksIsToldAsUnknownAndNotMadeTwice() async throws {
        let run = Rehearsal(.mitigation)
        run.cluster.brokenRepairs.withLock { $0 = 1 }
        try await run.perform()
        #expect(try status(run).result?.verdict == .passed)
        #expect(run.cluster.repairs.withLock { $0 } == 1)
        let messages = try await run.conversation().record.messages
        #expect(messages.contains { $0.content.contains("outcome of this call is unknown") })
        #expect(messages.contains { $0.content.contains("service/store patched") })
        try await run.expectInvariants()
    }

    /// The sandbox went with its node, and comes back on another.
    @Test func aSandboxThatIsGoneIsMadeAgain() async throws {
        let run = Rehearsal(.detection)
        let working = ProcessLink.Moment.first { $0.body["status", "phase"] == "Running" }
        try await run.perform(
            .interference(working) {
                for name in run.namespacesLeft where name.hasPrefix("box-") {
                    run.server.remove(.pods, ObjectKey(namespace: name, name: "shell"))
                }
            })
        #expect(try status(run).result?.verdict == .passed)
        try await run.expectInvariants()
    }

    // MARK: The storage

    /// The end of a task does not wait for its conversation, and its conversation is not lost.
    @Test(arguments: ["full", "away", "no right"], [false, true])
    func whatCouldNotBeSealedIsSealedLater(why: String, dies: Bool) async throws {
        let run = Rehearsal(.detection)
        let fault: APIFault =
            switch why {
            case "full": .answer(Status(code: 403, reason: "Forbidden", message: "exceeded quota: storage"))
            case "away": .lose(.connect("refused"))
            default: .answer(Status(code: 403, reason: "Forbidden", message: "may not create"))
            }
        run.server.inject(fault, times: .max) { $0.type == .configMaps && $0.name.contains("-segment-") }
        let first = try run.process("aaaaa")
        #expect(try await first.work { try run.task()?.status.isFinished == true })
        let ended = try status(run)
        #expect(ended.result?.verdict == .passed && ended.phase == .succeeded)
        let persisted = try #require(ended.conditions.get(.conversationPersisted))
        #expect(persisted.status == .false)
        #expect(persisted.reason == (why == "full" ? "ConversationStorageFull" : "InternalError"))
        let next = dies ? try run.process("bbbbb") : first
        for _ in 0..<3 { try await next.round() }
        #expect(try status(run).conditions.get(.conversationPersisted)?.status == .false)
        run.server.forgetFaults()
        #expect(try await next.work { try run.isCleanedUp() && run.isPersisted() })
        let sealed = try status(run)
        #expect(sealed.conditions.isTrue(.conversationPersisted))
        let (conversation, record, maps) = try await run.conversation()
        #expect(conversation.complete && conversation.totalMessages == record.entries.count)
        #expect(sealed.result?.totalMessages == record.entries.count)
        #expect(maps.count == 1)
        // I8.
        run.server.forgetCalls()
        for _ in 0..<3 { try await next.round() }
        #expect(run.server.writes.isEmpty)
    }

    /// A message that is gone for good is said, once, and nobody tries for ever.
    @Test func aDamagedConversationIsSaidAndLeftAlone() async throws {
        let run = Rehearsal(.detection)
        let ending = ProcessLink.Moment.first { $0.body["status"]?["attempts"] != nil }
        #expect(try await run.process("aaaaa", event: .deathAfter(ending)).work { false })
        let victim = try #require(
            try run.server.objects(ConfigMap.self, namespace: "demo").first { $0.metadata.name.hasSuffix("-1-000003") })
        run.server.remove(.configMaps, victim.metadata.key)
        let next = try run.process("bbbbb")
        #expect(try await next.work { try run.isCleanedUp() })
        let status = try status(run)
        #expect(status.result?.verdict == .passed)
        #expect(status.conditions.get(.conversationPersisted)?.reason == "ConversationDamaged")
        run.server.forgetCalls()
        for _ in 0..<3 { try await next.round() }
        #expect(run.server.writes.isEmpty)
    }

    /// I2: with all of its messages gone, nothing that is left tells what was paid, but for what was counted.
    @Test(arguments: ["messages", "messages and index", "the last reply"])
    func whatWasCountedIsNeverCountedLess(what: String) async throws {
        let run = Rehearsal(.babbling)
        let ending = ProcessLink.Moment.first { $0.body["status"]?["attempts"] != nil }
        #expect(try await run.process("aaaaa", event: .deathAfter(ending)).work { false })
        let counted = try #require(try status(run).usage)
        #expect(counted.calls == 10)
        let location = ConversationLocation(try #require(try run.task()), attempt: 1, retain: .withTask)
        let maps = try run.server.objects(ConfigMap.self, namespace: "demo")
            .filter { $0.metadata.labels[ConversationLocation.label] != nil }.map(\.metadata.key)
            .sorted { $0.name < $1.name }
        let indexed = try #require(try run.server.object(LLMConversation.self, location.key)?.status.usage)
        #expect(indexed.calls > 0 && indexed.calls <= 10)
        // Behind the reply stands what it was answered, which nothing has counted.
        for key in what == "the last reply" ? maps.suffix(2) : maps[...] { run.server.remove(.configMaps, key) }
        if what == "messages and index" { run.server.remove(LLMConversation.resourceType, location.key) }
        let next = try run.process("bbbbb")
        #expect(try await next.work { try run.isCleanedUp() })
        let after = try status(run)
        #expect(after.usage == counted && after.attempts.last?.cost == counted.cost)
        let persisted = try #require(after.conditions.get(.conversationPersisted))
        #expect(persisted.status == .false && persisted.reason == "ConversationDamaged")
        #expect(persisted.message.contains("is missing"))
        let record = try #require(try run.server.object(LLMConversation.self, location.key)).status
        #expect(record.phase == .damaged && !record.complete)
        #expect(record.conditions.get("Succeeded")?.reason == "ConversationDamaged")
        if what != "messages and index" { #expect(record.usage == indexed) }
        run.server.forgetCalls()
        for _ in 0..<3 { try await next.round() }
        #expect(run.server.writes.isEmpty)
    }

    /// A kept conversation of a task that is deleted under its run.
    @Test(arguments: ["", "the store is away for a while", "the store stays away", "the namespace goes"])
    func aKeptConversationIsSealedBeforeItsTaskGoes(trouble: String) async throws {
        let run = Rehearsal(.deleted) { task in
            var settings = AIOpsTask.ConversationSettings()
            settings.retain = .keep
            task.spec.conversation = settings
        }
        let fault: APIFault =
            trouble == "the namespace goes"
            ? .answer(Status(code: 403, reason: "Forbidden", message: "namespace demo is being terminated"))
            : .answer(Status(code: 503, reason: "ServiceUnavailable", message: "weather"))
        let times = trouble.isEmpty ? 0 : trouble == "the store is away for a while" ? 30 : .max
        if times > 0 {
            run.server.inject(fault, times: times) { $0.type == .configMaps && $0.name.contains("-segment-") }
        }
        let process = try run.process("aaaaa")
        if trouble == "the store stays away" {
            let persisted: @Sendable () throws -> Condition? = {
                try run.task()?.status.conditions.get(.conversationPersisted)
            }
            #expect(try await process.work { try persisted()?.status == .false })
            #expect(try persisted()?.message.contains("tried again") == true)
            run.time.advance(by: .seconds(600))
        }
        #expect(try await process.work(until: run.isGone))
        let record = try #require(try run.server.objects(LLMConversation.self).first).status
        let isSealed = trouble.isEmpty || trouble == "the store is away for a while"
        #expect(record.complete == isSealed && record.metadata?.success == nil)
        let maps = try run.server.objects(ConfigMap.self, namespace: "demo").map(\.metadata.name)
        #expect(!maps.isEmpty && maps.allSatisfy { $0.contains("-segment-") == isSealed })
    }

    // MARK: What the task and its pool set

    @Test func theTimeLimitOfThePoolsRouteIsTheTasksOwn() async throws {
        let run = Rehearsal(.neverHealthy) { $0.spec.limits = nil }
        var pool = Fixture.pool()
        pool.metadata.uid = ""
        var (other, route) = (WorkerPool.Route(), WorkerPool.Route())
        (other.pattern, other.timeoutSeconds) = ("other_*", 10)
        (route.pattern, route.timeoutSeconds) = ("shop_lite_*", 90)
        pool.spec.routes = [other, route]
        run.server.put(pool)
        try await run.perform()
        let status = try status(run)
        #expect(status.conditions.get(.succeeded)?.reason == "TimedOut")
        let took = try #require(status.durationSeconds)
        #expect((90..<600).contains(took))
    }

    /// Whichever time is over first, the message names that one and no other.
    @Test(arguments: [
        (
            nil as Int64?, "StartDeadlineExceeded",
            "the environment was not ready within spec.limits.startDeadlineSeconds (30 s): "
                + "the sandbox is not ready: pod shell is Pending"
        ),
        (
            20, "TimedOut",
            "the task's time was over (20 s, spec.limits.timeoutSeconds) in stage Provisioning: "
                + "the environment was not ready"
        ),
    ])
    func anEnvironmentThatIsNotThereInTimeEndsTheTask(timeout: Int64?, reason: String, message: String) async throws {
        let run = Rehearsal(.detection) { task in
            var limits = AIOpsTask.Limits()
            limits.startDeadlineSeconds = 30
            limits.timeoutSeconds = timeout
            task.spec.limits = limits
        }
        // No kubelet: the sandbox never runs.
        run.server.react(to: .pods) { pod, cluster in
            guard pod["metadata", "name"] == "shell", pod["status", "phase"] != "Pending" else { return }
            var pending = pod
            pending["status"] = ["phase": "Pending"]
            cluster.put(.pods, pending)
        }
        try await run.perform()
        let ended = try #require(try status(run).conditions.get(.succeeded))
        #expect(ended.reason == reason && ended.message == message, "\(ended.message)")
        #expect(run.namespacesLeft.isEmpty)
    }

    /// What is refused at once did not come too late; what is tried until the time is over did.
    @Test(arguments: [
        (403, "ProvisioningFailed", "the environment was not ready: cannot create Pod "),
        (
            503, "StartDeadlineExceeded",
            "the environment was not ready within spec.limits.startDeadlineSeconds (30 s): cannot create Pod "
        ),
    ])
    func aRefusalIsNoLateness(code: Int, reason: String, message: String) async throws {
        let run = Rehearsal(.detection) { task in
            var limits = AIOpsTask.Limits()
            limits.startDeadlineSeconds = 30
            task.spec.limits = limits
        }
        let fault = Status(code: code, reason: code == 403 ? "Forbidden" : "ServiceUnavailable", message: "weather")
        run.server.inject(.answer(fault), times: .max) {
            $0.type == .pods && $0.verb == "create" && $0.namespace.hasPrefix("box-")
        }
        try await run.perform()
        let ended = try #require(try status(run).conditions.get(.succeeded))
        #expect(ended.reason == reason && ended.message.hasPrefix(message), "\(ended.message)")
    }
}
