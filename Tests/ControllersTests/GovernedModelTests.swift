import AIOpsAPI
import ControllerRuntime
import Controllers
import KubernetesModel
import LanguageModelTesting
import LanguageModels
import LifecycleTesting
import Primitives
import Testing

/// What a pool lets its tasks send to models.
@Suite struct GovernedModelTests {
    private let time = ManualTimeSource()
    private let pools = Store<WorkerPool>()
    private let changes = Locked<[CircuitState]>([])
    private let version = Locked(10)
    private let traffic: ModelTraffic
    private let pool = ObjectKey(namespace: "demo", name: "default")

    init() {
        traffic = ModelTraffic(pools: pools, time: time) { [changes] _, circuit in
            changes.withLock { $0.append(circuit) }
        }
    }

    private func limit(rate: WorkerPool.RateLimit? = nil, circuit: WorkerPool.CircuitBreaker? = nil) {
        let version = version.withLock { version in
            version += 1
            return "\(version)"
        }
        let pool = Fixture.pool {
            $0.metadata.resourceVersion = version
            $0.spec.rateLimit = rate
            $0.spec.circuitBreaker = circuit
        }
        pools.apply(.replace([pool], version: version))
    }

    private static func rate(_ perMinute: Int, burst: Int, tokens: Int? = nil) -> WorkerPool.RateLimit {
        var rate = WorkerPool.RateLimit()
        (rate.requestsPerMinute, rate.burst, rate.tokensPerMinute) = (perMinute, burst, tokens)
        return rate
    }

    private static func circuit(after failures: Int, open seconds: Int64, probes: Int = 1) -> WorkerPool.CircuitBreaker
    {
        var circuit = WorkerPool.CircuitBreaker()
        (circuit.failureThreshold, circuit.openSeconds, circuit.halfOpenProbes) = (failures, seconds, probes)
        return circuit
    }

    private func line(_ endpoint: String = "a", account: String = "k", pool: ObjectKey? = nil) -> ModelTraffic.Line {
        ModelTraffic.Line(pool: pool ?? self.pool, endpoint: endpoint, account: account)
    }

    private func governed(_ model: ScriptedModel, _ line: ModelTraffic.Line? = nil) -> GovernedModel {
        GovernedModel(model, traffic: traffic, line: line ?? self.line(), time: time)
    }

    private static func request(maxTokens: Int = 10, within limit: Duration = .seconds(60)) -> ModelRequest {
        ModelRequest(messages: [ChatMessage(role: .user, content: "")], maxTokens: maxTokens, timeLimit: limit)
    }

    private static func failing(_ error: ModelError) -> ScriptedModel {
        ScriptedModel { _, _ throws(ModelError) in throw error }
    }

    private static let answering = ScriptedModel { request, _ in ScriptedModel.reply("", to: request) }

    // MARK: The rate

    @Test func aCallBeyondTheBurstWaitsAndTheWaitIsPartOfItsTime() async throws {
        limit(rate: Self.rate(60, burst: 2))
        let model = ScriptedModel { request, _ in ScriptedModel.reply("", to: request) }
        for _ in 0..<2 { _ = try await governed(model).complete(Self.request()) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await governed(model).complete(Self.request()) }
            await time.waitForSleepers()
            #expect(model.requests.count == 2)
            time.advance(by: .seconds(1))
            try await group.waitForAll()
        }
        #expect(model.requests.map(\.timeLimit) == [.seconds(60), .seconds(60), .seconds(59)])
    }

    @Test func whatCannotBeHadInTimeIsSaidAtOnce() async {
        limit(rate: Self.rate(1, burst: 1))
        let model = ScriptedModel { request, _ in ScriptedModel.reply("", to: request) }
        #expect(traffic.ask(line(), tokens: 1) == .go)
        let refusal = await #expect(throws: ModelError.self) {
            try await governed(model).complete(Self.request(within: .seconds(60)))
        }
        #expect(refusal?.retryAfter == .seconds(60) && refusal?.description.contains("demo/default") == true)
        #expect(model.requests.isEmpty)
    }

    @Test func aWaitEndsWithItsRun() async {
        limit(rate: Self.rate(1, burst: 1))
        #expect(traffic.ask(line(), tokens: 1) == .go)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: ModelError.cancelled) {
                    try await governed(Self.answering).complete(Self.request(within: .seconds(90)))
                }
            }
            await time.waitForSleepers()
            group.cancelAll()
        }
    }

    /// The worst case is taken before the call, and what was not used comes back.
    @Test func tokensThatWereNotUsedAreThereForTheNext() async throws {
        limit(rate: Self.rate(1000, burst: 100, tokens: 100))
        _ = try await governed(Self.answering).complete(Self.request(maxTokens: 100))
        #expect(traffic.ask(line(), tokens: 99) == .go)
        #expect(traffic.ask(line(), tokens: 10) == .wait(.milliseconds(6000)))
    }

    @Test(arguments: [(ModelError.unavailable("x"), true), (.connectionLost("x"), false)])
    func tokensOfAFailureAreKeptWhereItMayHaveBeenPaid(error: ModelError, isFree: Bool) async {
        limit(rate: Self.rate(1000, burst: 100, tokens: 100))
        await #expect(throws: error) { try await governed(Self.failing(error)).complete(Self.request(maxTokens: 100)) }
        #expect((traffic.ask(line(), tokens: 100) == .go) == isFree)
    }

    @Test func eachPoolEndpointAndKeyHasItsOwnRate() {
        limit(rate: Self.rate(1, burst: 1))
        let other = ObjectKey(namespace: "demo", name: "other")
        for line in [line(), line("b"), line(account: "l"), line(pool: other)] {
            #expect(traffic.ask(line, tokens: 1) == .go)
        }
        #expect(traffic.ask(line(), tokens: 1) == .wait(.seconds(60)))
    }

    @Test func anEditHoldsFromTheNextCallOn() {
        limit(rate: Self.rate(1, burst: 1))
        #expect(traffic.ask(line(), tokens: 1) == .go)
        limit(rate: Self.rate(1, burst: 2))
        #expect(traffic.ask(line(), tokens: 1) == .go)
        #expect(traffic.ask(line(), tokens: 1) == .go)
        #expect(traffic.ask(line(), tokens: 1) == .wait(.seconds(60)))
    }

    // MARK: The circuit

    @Test func whatKeepsFailingIsLeftAloneUntilAProbeSucceeds() async throws {
        limit(circuit: Self.circuit(after: 2, open: 60, probes: 1))
        let model = ScriptedModel { request, number throws(ModelError) in
            if number < 2 { throw .unavailable("down") }
            return ScriptedModel.reply("", to: request)
        }
        for _ in 0..<2 {
            await #expect(throws: ModelError.unavailable("down")) { try await governed(model).complete(Self.request()) }
        }
        // Also for those with another key.
        let held = await #expect(throws: ModelError.self) {
            try await governed(model, line(account: "l")).complete(Self.request())
        }
        #expect(held?.retryAfter == .seconds(60) && held?.isRetryable == true && held?.mayHaveBeenCharged == false)
        #expect(held?.description.contains("demo/default") == true)
        #expect(model.requests.count == 2 && traffic.circuit(of: pool) == .open)
        // A failure, and a probe, is one request and no burst of them.
        #expect(model.requests.allSatisfy { $0.attempts == 1 })
        time.advance(by: .seconds(60))
        _ = try await governed(model).complete(Self.request())
        #expect(traffic.circuit(of: pool) == .closed && changes.withLock { $0 } == [.open, .halfOpen, .closed])
    }

    @Test func aFasterRateClosesNoCircuit() {
        limit(rate: Self.rate(1, burst: 1), circuit: Self.circuit(after: 1, open: 60))
        #expect(traffic.ask(line(), tokens: 1) == .go)
        traffic.ended(line(), .failed, unused: 0)
        limit(rate: Self.rate(1, burst: 9), circuit: Self.circuit(after: 1, open: 60))
        #expect(traffic.ask(line(), tokens: 1) == .refused(.seconds(60)) && traffic.circuit(of: pool) == .open)
        // Another threshold is another circuit, and whoever shows it is told.
        limit(circuit: Self.circuit(after: 2, open: 60))
        #expect(traffic.ask(line(), tokens: 1) == .go && changes.withLock { $0 } == [.open, .closed])
    }

    /// One endpoint that is well again does not hide another that is down.
    @Test func theWorstOfAPoolIsTold() {
        limit(circuit: Self.circuit(after: 1, open: 60))
        for endpoint in ["a", "b"] {
            #expect(traffic.ask(line(endpoint), tokens: 1) == .go)
            traffic.ended(line(endpoint), .failed, unused: 0)
        }
        time.advance(by: .seconds(60))
        #expect(traffic.ask(line("a"), tokens: 1) == .go)
        traffic.ended(line("a"), .answered, unused: 0)
        #expect(changes.withLock { $0 } == [.open, .open, .open, .open] && traffic.circuit(of: pool) == .open)
    }

    @Test func aHeldCallLeavesTheRateToOthers() {
        limit(rate: Self.rate(1, burst: 1, tokens: 5), circuit: Self.circuit(after: 1, open: 10))
        #expect(traffic.ask(line(), tokens: 5) == .go)
        traffic.ended(line(), .failed, unused: 5)
        time.advance(by: .seconds(60))
        #expect(traffic.ask(line(account: "l"), tokens: 5) == .go, "the probe")
        #expect(traffic.ask(line(), tokens: 5) == .refused(.seconds(10)))
        traffic.ended(line(account: "l"), .answered, unused: 0)
        #expect(traffic.ask(line(), tokens: 5) == .go)
    }

    @Test(arguments: [
        ModelError.authenticationFailed("x"), .quotaExhausted("x"), .rateLimited(retryAfter: nil), .invalidRequest("x"),
        .refused("x"), .cancelled, .credentialsMissing("x"), .addressRefused("x"),
    ])
    func whoeverAnswersIsNotDown(error: ModelError) async {
        limit(circuit: Self.circuit(after: 1, open: 60))
        await #expect(throws: error) { try await governed(Self.failing(error)).complete(Self.request()) }
        #expect(traffic.circuit(of: pool) == .closed)
    }

    @Test(arguments: [(10, CircuitState.closed), (60, .open)])
    func silenceCountsWhereThereWasTimeToAnswer(seconds: Int, expected: CircuitState) async {
        limit(circuit: Self.circuit(after: 1, open: 60))
        await #expect(throws: ModelError.timedOut) {
            try await governed(Self.failing(.timedOut)).complete(Self.request(within: .seconds(seconds)))
        }
        #expect(traffic.circuit(of: pool) == expected)
    }

    @Test func whatIsRememberedIsBounded() {
        for number in 0..<10_000 {
            #expect(traffic.ask(line("host-\(number)"), tokens: 1) == .go)
            #expect(traffic.lines <= ModelTraffic.most)
        }
    }
}
