import Agent
import Conversations
import JSON
import LanguageModelTesting
import LanguageModels
import Primitives
import Testing

private func solve(
    _ kind: AgentTask.Kind, _ cluster: FakeCluster, namespace: String, seed: UInt64,
    journal: MemoryJournal = MemoryJournal(),
    strategy: Strategy = .react, style: ToolStyle = .codeBlock
) async throws -> AgentOutcome {
    try await AgentRun(
        identity: "u", task: AgentTask(kind: kind, application: "app", namespace: namespace, description: "An app."),
        strategy: strategy, toolStyle: style, model: SimulatedModel(seed: seed), toolbox: cluster, journal: journal,
        limits: AgentLimits(maxCost: .zero), time: SkippingTimeSource(), redact: { $0 }
    ).run()
}

private func isRight(
    _ outcome: AgentOutcome, _ kind: AgentTask.Kind, _ random: RandomCluster, _ fault: RandomCluster.Fault?,
    _ cluster: FakeCluster
) -> Bool {
    guard outcome.stopReason == .submitted, let value = outcome.submission else { return false }
    switch kind {
    case .detection: return value.value == .string(fault == nil ? "No" : "Yes")
    case .localization: return value.value == (fault == nil ? [] : [.string(random.victim)])
    case .analysis:
        guard let fault else { return value.value == JSONValue?.none }
        let type =
            switch fault {
            case .targetPort, .namedPort, .selector: "Misconfiguration"
            case .scaledToZero: "Operation Error"
            case .nodeSelector: "Dependency Problem"
            }
        return value.value == ["system_level": "Virtualization", "fault_type": .string(type)]
    case .mitigation: return cluster.isHealthy && (fault == nil) == (cluster.writes == 0)
    }
}

struct SimulatedAgentTests {
    @Test(arguments: AgentTask.Kind.allCases, 0..<16 as Range<UInt64>)
    func solvesWhateverTheNamesAre(kind: AgentTask.Kind, seed: UInt64) async throws {
        for (fault, style) in (RandomCluster.Fault.allCases + [nil]).flatMap({
            [($0, ToolStyle.codeBlock), ($0, .native)]
        }) {
            let random = RandomCluster(seed: seed, fault: fault)
            var state = random.state
            state.services.removeAll { $0.selector.isEmpty }
            #expect(state.isHealthy == (fault == nil))
            let cluster = FakeCluster(state)
            let outcome = try await solve(kind, cluster, namespace: state.namespace, seed: seed, style: style)
            #expect(
                isRight(outcome, kind, random, fault, cluster),
                "\(style) \(String(describing: fault)) \(cluster.commands)")
            #expect(outcome.formatErrors == 0 && outcome.steps <= 12)
            if kind != .mitigation { #expect(cluster.writes == 0) }
        }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func aServiceWithoutSelectorIsNoFault(seed: UInt64) async throws {
        let random = RandomCluster(seed: seed, fault: nil)
        let cluster = FakeCluster(random.state)
        let outcome = try await solve(.detection, cluster, namespace: random.state.namespace, seed: seed)
        #expect(outcome.submission?.value == "No")
    }

    @Test(arguments: FakeCluster.Sight.allCases.filter { $0 != .open }, AgentTask.Kind.allCases)
    func failsHonestlyWhenTheClusterIsHidden(sight: FakeCluster.Sight, kind: AgentTask.Kind) async throws {
        for seed in 0..<5 as Range<UInt64> {
            let random = RandomCluster(seed: seed, fault: .targetPort)
            var state = random.state
            state.sight = sight
            state.services.removeAll { $0.selector.isEmpty }
            let cluster = FakeCluster(state)
            let outcome = try await solve(kind, cluster, namespace: state.namespace, seed: seed)
            #expect(outcome.stopReason == .submitted)
            #expect(!isRight(outcome, kind, random, .targetPort, cluster))
            let nothingFound: [AgentTask.Kind: JSONValue] = [.detection: "No", .localization: []]
            #expect(outcome.submission?.value == nothingFound[kind])
        }
    }

    @Test(arguments: 1...3)
    func aCommandThatFailsOnceIsAskedAgain(failing: Int) async throws {
        for fault in RandomCluster.Fault.allCases + [nil] {
            let random = RandomCluster(seed: 6, fault: fault)
            var state = random.state
            state.services.removeAll { $0.selector.isEmpty }
            state.failingCommand = failing
            let cluster = FakeCluster(state)
            let outcome = try await solve(.localization, cluster, namespace: state.namespace, seed: 6)
            #expect(isRight(outcome, .localization, random, fault, cluster))
        }
    }

    @Test func looksInTheNamespaceItWasTold() async throws {
        let random = RandomCluster(seed: 1, fault: .targetPort)
        let outcome = try await solve(.detection, FakeCluster(random.state), namespace: "elsewhere", seed: 1)
        #expect(outcome.submission?.value == "No")
    }

    @Test(arguments: ["CrashLoopBackOff", "ImagePullBackOff"])
    func podsThatDoNotRunAreSeenAfterASecondLook(reason: String) async throws {
        let random = RandomCluster(seed: 4, fault: nil)
        var state = random.state
        state.workloads[0].waiting = reason
        let cluster = FakeCluster(state)
        let outcome = try await solve(.localization, cluster, namespace: state.namespace, seed: 4)
        #expect(outcome.submission?.value == [.string(state.services[0].name)])
        #expect(cluster.commands.count { $0.hasPrefix("sleep") } == 2)
    }

    @Test(arguments: Strategy.allCases)
    func theSeedChangesWordsAndNotConclusions(strategy: Strategy) async throws {
        var stories: [[String]] = []
        for seed in [1, 1, 2, 3, 4] as [UInt64] {
            let random = RandomCluster(seed: 9, fault: .targetPort)
            let journal = MemoryJournal()
            let outcome = try await solve(
                .localization, FakeCluster(random.state), namespace: random.state.namespace, seed: seed,
                journal: journal, strategy: strategy)
            #expect(outcome.submission?.value == [.string(random.victim)])
            stories.append(journal.flushes.flatMap(\.messages).map(\.content))
        }
        #expect(stories[0] == stories[1])
        #expect(Set(stories).count > 2)
    }

    @Test func isMarkedCountedAndFree() async throws {
        let random = RandomCluster(seed: 2, fault: nil)
        let journal = MemoryJournal()
        let outcome = try await solve(
            .detection, FakeCluster(random.state), namespace: random.state.namespace, seed: 2, journal: journal)
        #expect(outcome.totals.usage.isEstimated && outcome.totals.usage.totalTokens > 0)
        #expect(outcome.totals.totalNanoUSD == 0 && outcome.totals.callsOfUnknownCost == 0)
        #expect(outcome.totals.costSource == "simulated")
        let replies = journal.flushes.flatMap(\.messages).filter { $0.role == .assistant }
        #expect(replies.allSatisfy { $0.metadata["simulated"] == true })
    }

    @Test func withoutABriefingItTakesNoAction() async throws {
        let reply = try await SimulatedModel(seed: 1).complete(
            ModelRequest(messages: [ChatMessage(role: .user, content: "What is wrong?")]))
        #expect(!reply.content.contains("```"))
    }

    /// Output of kubectl 1.32 for the very commands, as the shell tool reports it.
    @Test func readsWhatKubectlPrints() async throws {
        let tables = """
            SERVICE   SELECTOR                PORT    TARGETPORT
            alpha     map[app:alpha tier:x]   80,81   9999,web
            ext       <none>                  443     6443
            [exit code 0]
            POD          PHASE     READY        WAITING            PORTS       PORTNAMES   LABELS
            alpha-5d-x   Running   true,false   CrashLoopBackOff   8080,8081   web         map[app:alpha pod-template-hash:5d tier:x]
            bare         Pending   <none>       <none>             <none>      <none>      <none>
            DEPLOYMENT   DESIRED   AVAILABLE   NODESELECTOR                       LABELS
            alpha        2         <none>      map[kubernetes.io/hostname:gone]   map[app:alpha tier:x]
            beta         0         0           <none>                             map[app:beta]
            """
        let toolbox = ScriptedToolbox { _ throws(ToolError) in Observation(text: tables) }
        let journal = MemoryJournal()
        let outcome = try await AgentRun(
            identity: "u", task: AgentTask(kind: .mitigation, application: "a", namespace: "ns", description: "d"),
            strategy: .shell, model: SimulatedModel(seed: 1), toolbox: toolbox, journal: journal,
            time: SkippingTimeSource(), redact: { $0 }
        ).run()
        #expect(outcome.stopReason == .submitted)
        let patches = toolbox.performed.compactMap { $0.string("command", at: 0) }.filter { $0.contains("patch") }
        #expect(
            patches.first
                == #"kubectl patch service alpha -n ns --type=json -p "#
                + #"'[{"op":"replace","path":"/spec/ports/0/targetPort","value":8080}]'"#)
    }
}
