import ControllerRuntime
import KubernetesModel
import Primitives

/// Electors, one Lease and everything that can go wrong between them, in virtual time.
///
/// Each elector has a clock of its own, with an offset and a rate; `now` is the time of the world. Invariant it watches: no two
/// may write at one moment.
struct ElectionWorld {
    struct Weather: Sendable {
        var latency: ClosedRange<Int64> = 1...40
        /// Of a hundred.
        var lostRequests = 0
        var lostReplies = 0
        var brokenWatches = 0
        var refusals = 0
    }

    struct Agent {
        var elector: Elector
        var rate: Double
        var offset: Duration
        var isDead = false
        var stoppedUntil = Duration.zero
        /// By its own clock.
        var mayWriteUntil: Duration?
        var isWatching = false
        var leads = 0
        var losses: [LeadershipLoss] = []
        var slowPaths = 0
        var end: EndOfRace?
        /// The number of the last wake-up asked for; earlier ones do not count any more.
        var alarm = 0

        func local(_ now: Duration) -> Duration { offset + now * rate }
        func world(_ local: Duration) -> Duration { (local - offset) / rate }
    }

    private enum Event {
        case hear(Int, ElectorInput)
        case wake(Int, alarm: Int)
        case arrive(Int, Request)
        case openWatch(Int)
        case endWork(Int)
    }

    private enum Request { case get, create(LeaseSpec), update(LeaseSpec, version: String) }

    private(set) var now = Duration.zero
    private(set) var lease: LeaseRecord?
    private(set) var agents: [Agent] = []
    /// Every moment in which two could write, or a write lacked its version; empty in a sound election.
    private(set) var violations: [String] = []
    private(set) var requests: [(at: Duration, agent: Int, verb: String)] = []
    var weather = Weather()
    private var version = 100
    private var events: [(at: Duration, number: Int, event: Event)] = []
    private var count = 0
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    // MARK: What tests do

    @discardableResult
    mutating func start(rate: Double = 1, offset: Duration = .seconds(1_000)) -> Int {
        let index = agents.count
        let elector = Elector(identity: "agent-\(index)", seed: UInt64(index) &* 7 &+ 1)
        agents.append(Agent(elector: elector, rate: rate, offset: offset))
        schedule(.hear(index, .start), in: .zero)
        schedule(.openWatch(index), in: .milliseconds(5))
        return index
    }

    /// kill -9.
    mutating func kill(_ agent: Int) {
        agents[agent].isDead = true
        agents[agent].mayWriteUntil = nil
    }

    /// SIGSTOP, and SIGCONT after that time: its clock runs on.
    mutating func freeze(_ agent: Int, for duration: Duration) {
        agents[agent].stoppedUntil = max(agents[agent].stoppedUntil, now + duration)
    }

    /// SIGTERM, with nothing to drain.
    mutating func terminate(_ agent: Int) {
        schedule(.hear(agent, .workEnded), in: .zero)
        schedule(.hear(agent, .stop), in: .milliseconds(1))
    }

    /// A third party's write, which asks for no version.
    mutating func edit(_ change: (inout LeaseSpec) -> Void) {
        guard var record = lease else { return }
        change(&record.spec)
        store(record.spec)
    }

    mutating func delete() {
        guard lease != nil else { return }
        lease = nil
        version += 1
        tell(.seenGone(version: String(version)))
    }

    mutating func breakWatch(_ agent: Int, for duration: Duration) {
        agents[agent].isWatching = false
        schedule(.hear(agent, .watching(false)), in: .zero)
        schedule(.openWatch(agent), in: duration)
    }

    mutating func run(for duration: Duration) { run(until: now + duration) }

    mutating func run(until end: Duration) {
        while let next = events.indices.min(by: {
            (events[$0].at, events[$0].number) < (events[$1].at, events[$1].number)
        }), events[next].at <= end {
            let (at, _, event) = events.remove(at: next)
            now = max(now, at)
            perform(event)
        }
        now = end
    }

    var leader: Int? { writers.first }

    /// Those that may write at this moment.
    var writers: [Int] { agents.indices.filter { mayWrite($0, at: now) } }

    func mayWrite(_ agent: Int, at time: Duration) -> Bool {
        guard let until = agents[agent].mayWriteUntil, !agents[agent].isDead else { return false }
        return agents[agent].local(time) < until
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    // MARK: How it goes

    private mutating func perform(_ event: Event) {
        switch event {
        case .hear(let index, let input):
            guard !agents[index].isDead, agents[index].end == nil else { return }
            guard now >= agents[index].stoppedUntil else {
                return schedule(event, in: agents[index].stoppedUntil - now)
            }
            hear(index, input)
        case .wake(let index, let alarm):
            guard agents[index].alarm == alarm else { return }
            perform(.hear(index, .woken))
        case .arrive(let index, let request): arrive(index, request)
        case .openWatch(let index):
            guard !agents[index].isDead else { return }
            agents[index].isWatching = true
            schedule(.hear(index, .watching(true)), in: latency())
            if let lease { schedule(.hear(index, .seen(lease)), in: latency()) }
        case .endWork(let index): schedule(.hear(index, .workEnded), in: .zero)
        }
    }

    private mutating func hear(_ index: Int, _ input: ElectorInput) {
        let local = agents[index].local(now)
        for effect in agents[index].elector.step(input, now: local, wall: Timestamp(seconds: 0) + local) {
            switch effect {
            case .get: send(index, .get, "get")
            case .create(let spec): send(index, .create(spec), "create")
            case .update(let spec, let version): send(index, .update(spec, version: version), "update")
            case .wait(let due):
                agents[index].alarm += 1
                schedule(
                    .wake(index, alarm: agents[index].alarm),
                    in: max(.zero, agents[index].world(due) - now) + .microseconds(1))
            case .lead(let until):
                agents[index].leads += 1
                permit(index, until: until)
            case .extend(let until): permit(index, until: until)
            case .lose(let loss):
                agents[index].losses.append(loss)
                agents[index].mayWriteUntil = nil
                schedule(.endWork(index), in: .milliseconds(50))
            case .slowPath: agents[index].slowPaths += 1
            case .end(let end):
                agents[index].end = end
                agents[index].mayWriteUntil = nil
            case .standDown: agents[index].mayWriteUntil = nil
            case .follow: break
            }
        }
    }

    private mutating func permit(_ index: Int, until: Duration) {
        agents[index].mayWriteUntil = until
        guard mayWrite(index, at: now) else { return }
        for other in agents.indices where other != index && mayWrite(other, at: now) {
            violations.append("at \(now) both \(other) and \(index) may write")
        }
    }

    private mutating func send(_ index: Int, _ request: Request, _ verb: String) {
        requests.append((now, index, verb))
        if chance(weather.lostRequests) {
            schedule(.hear(index, Self.failure(request)), in: .seconds(5))
        } else {
            schedule(.arrive(index, request), in: latency())
        }
    }

    private mutating func arrive(_ index: Int, _ request: Request) {
        if chance(weather.refusals) { return schedule(.hear(index, Self.failure(request)), in: latency()) }
        let reply = serve(request)
        if chance(weather.lostReplies) {
            schedule(.hear(index, Self.failure(request)), in: .seconds(5))
        } else {
            schedule(.hear(index, reply), in: latency())
        }
    }

    private mutating func serve(_ request: Request) -> ElectorInput {
        switch request {
        case .get: return .read(lease.map { .present($0) } ?? .absent)
        case .create(let spec):
            guard lease == nil else { return .written(.conflict) }
            return .written(.done(store(spec)))
        case .update(let spec, let version):
            guard let lease else { return .written(.absent) }
            guard lease.version == version else { return .written(.conflict) }
            return .written(.done(store(spec)))
        }
    }

    @discardableResult
    private mutating func store(_ spec: LeaseSpec) -> LeaseRecord {
        version += 1
        let record = LeaseRecord(spec: spec, version: String(version))
        lease = record
        tell(.seen(record))
        return record
    }

    private mutating func tell(_ input: ElectorInput) {
        for index in agents.indices where agents[index].isWatching && !agents[index].isDead {
            if chance(weather.brokenWatches) {
                breakWatch(index, for: .seconds(3))
            } else {
                schedule(.hear(index, input), in: latency())
            }
        }
    }

    private mutating func latency() -> Duration { .milliseconds(Int64.random(in: weather.latency, using: &random)) }

    private mutating func schedule(_ event: Event, in delay: Duration) {
        count += 1
        events.append((now + delay, count, event))
    }

    private static func failure(_ request: Request) -> ElectorInput {
        if case .get = request { .read(.failed) } else { .written(.failed) }
    }
}
