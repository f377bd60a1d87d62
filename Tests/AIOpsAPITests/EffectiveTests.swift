import AIOpsAPI
import JSON
import Testing

@Suite struct EffectiveTests {
    private func effective(_ spec: JSONValue, pool: JSONValue = [:]) throws -> EffectiveTask {
        try #require(try AIOpsTask.Spec(jsonValue: spec).effective(pool: try WorkerPool.Spec(jsonValue: pool)))
    }

    @Test func theDefaultsAreThoseOfTheDesign() throws {
        let task = try effective(BadSpec.good)
        #expect(task.work.kind == .problem)
        #expect(task.strategy == .react)
        #expect(task.maxSteps == 30)
        #expect(task.timeoutSeconds == 1800)
        #expect(task.startDeadlineSeconds == nil)
        #expect(task.priority == 3)
        #expect(task.poolName == "default")
        #expect(task.successPolicy == .completed)
        #expect(task.environmentType == .namespace)
        #expect(task.model.provider == .auto)
        // What nobody set is not sent: with one seed for all, trials that are repeated would be one.
        #expect(task.model.seed == nil && task.seed == 0)
        let pool = WorkerPool.Spec().effective()
        #expect(pool.queueMaxSize == 10_000)
        #expect(pool.requestsPerMinute == 100)
        #expect(pool.burst == 20)
        #expect(pool.failureThreshold == 5)
        #expect(pool.healthIntervalSeconds == 30)
        #expect(pool.retryLimit == 3)
    }

    /// The task's own word, then that of the route, then the problem's.
    @Test func limitsThatNobodyNamesAreThoseOfTheProblem() throws {
        let defaults = LimitDefaults(maxSteps: 7, timeoutSeconds: 70)
        var route = WorkerPool.Route()
        route.timeoutSeconds = 60
        let bare = try AIOpsTask.Spec(
            jsonValue: AIOpsTask.Spec.schema.defaulted(["problem": ["id": "a"], "limits": [:]]))
        let own = try AIOpsTask.Spec(
            jsonValue: ["problem": ["id": "a"], "limits": ["maxSteps": 5, "timeoutSeconds": 50]])
        let figures = [
            own.effective(route: route, defaults: defaults), bare.effective(route: route, defaults: defaults),
            bare.effective(defaults: defaults),
        ].map { [Int64($0?.maxSteps ?? 0), $0?.timeoutSeconds ?? 0] }
        #expect(figures == [[5, 50], [7, 60], [7, 70]])
    }

    static let strategies: [(JSONValue, AgentStrategy)] = [
        (["query": ["message": "?"]], .threePhase),
        (["workflow": ["goal": "g"]], .role),
        (["query": ["message": "?"], "agent": ["strategy": "Shell"]], .shell),
    ]

    @Test(arguments: strategies)
    func theStrategyFollowsTheWork(spec: JSONValue, strategy: AgentStrategy) throws {
        #expect(try effective(spec).strategy == strategy)
    }

    @Test func workThatIsNotOneHasNoEffect() throws {
        #expect(AIOpsTask.Spec().effective() == nil)
    }

    @Test func routesFillWhatTheTaskLeavesOut() throws {
        let route = try WorkerPool.Route(jsonValue: ["pattern": "*", "timeoutSeconds": 60, "priority": 5])
        let bare = try AIOpsTask.Spec(jsonValue: BadSpec.good).effective(route: route)
        #expect(bare?.timeoutSeconds == 60)
        #expect(bare?.priority == 5)
        let own = try AIOpsTask.Spec(jsonValue: BadSpec.task(["priority": 1])).effective(route: route)
        #expect(own?.priority == 1)
    }

    /// The pool's key goes only to the pool's address: (task's model, provider, address, whose key).
    static let merges: [(JSONValue, ModelProvider, String?, String?)] = [
        ([:], .openAICompatible, "http://pool/v1", "pool"),
        (["name": "m"], .openAICompatible, "http://pool/v1", "pool"),
        (["provider": "OpenAICompatible", "baseURL": "http://pool/v1"], .openAICompatible, "http://pool/v1", "pool"),
        (["baseURL": "http://evil/v1"], .openAICompatible, "http://evil/v1", nil),
        (["provider": "OpenAI"], .openAI, nil, nil),
        (["credentialsSecretRef": ["name": "mine"]], .openAICompatible, "http://pool/v1", "mine"),
    ]

    @Test(arguments: merges)
    func aKeyNeverTravelsToAnotherAddress(
        model: JSONValue, provider: ModelProvider, address: String?, secret: String?
    ) throws {
        let pool: JSONValue = [
            "modelDefaults": [
                "provider": "OpenAICompatible", "baseURL": "http://pool/v1", "credentialsSecretRef": ["name": "pool"],
                "temperature": "0.5",
            ]
        ]
        let merged = try effective(BadSpec.task(["agent": ["model": model]]), pool: pool).model
        #expect(merged.provider == provider)
        #expect(merged.baseURL == address)
        #expect(merged.credentialsSecretRef?.name == secret)
        #expect(merged.credentialsOwner == (secret == "pool" ? .pool : .task))
        #expect(merged.temperature == "0.5")
    }
}
