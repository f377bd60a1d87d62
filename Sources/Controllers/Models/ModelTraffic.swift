package import AIOpsAPI
package import ControllerRuntime
package import KubernetesModel
package import Primitives
import Scheduling

/// What all runs of this process send to models, held within what each pool allows.
///
/// Calls and tokens are counted for each pool, endpoint and key; failures for each pool and endpoint, since a server that
/// is down is down for every key. The pool's spec as it is now says how many: an edit holds from the next call on.
///
/// Invariants: a call that is let through takes from the buckets first and is reported to `ended` exactly once; nobody is
/// kept waiting with a place of the circuit breaker in hand; at most `Self.most` lines are remembered, idle ones go first.
package final class ModelTraffic: Sendable {
    /// Whom a call goes to, on whose account.
    package struct Line: Sendable, Hashable {
        package var pool: ObjectKey
        /// Host and port.
        package var endpoint: String
        /// Tells keys apart and is none.
        package var account: String

        package init(pool: ObjectKey, endpoint: String, account: String) {
            self.pool = pool
            self.endpoint = endpoint
            self.account = account
        }
    }

    package enum Answer: Sendable, Hashable {
        case go
        /// The rate limit is reached; the time after which there may be room.
        case wait(Duration)
        /// Too many failures in a row; the time after which a probe may be let through.
        case refused(Duration)
    }

    /// What a call says about its endpoint.
    package enum Outcome: Sendable, Hashable {
        case answered
        case failed
        /// It was cut short by us.
        case unknown
    }

    fileprivate struct Fuse {
        let limits: ModelLimits.Circuit
        var breaker: CircuitBreaker
        var lastUsed: Duration

        init(_ limits: ModelLimits.Circuit, now: Duration) {
            self.limits = limits
            breaker = CircuitBreaker(
                threshold: limits.failureThreshold, openFor: .seconds(limits.openSeconds), probes: limits.halfOpenProbes
            )
            lastUsed = now
        }
    }

    fileprivate struct Place: Hashable {
        var pool: ObjectKey
        var endpoint: String
    }

    fileprivate struct State {
        var meters: [Line: ModelMeter] = [:]
        var fuses: [Place: Fuse] = [:]
    }

    package static let most = 4096
    fileprivate static let idle = Duration.seconds(600)

    private let pools: Store<WorkerPool>
    private let time: any TimeSource
    private let state = Locked(State())
    private let changed: @Sendable (ObjectKey, CircuitState) -> Void

    /// `changed` hears of each pool one of whose circuits has opened, closed or begun to probe, and of the worst among them.
    package init(
        pools: Store<WorkerPool>, time: any TimeSource,
        changed: @escaping @Sendable (ObjectKey, CircuitState) -> Void = { _, _ in }
    ) {
        self.pools = pools
        self.time = time
        self.changed = changed
    }

    /// Asks for a call of at most `tokens`.
    package func ask(_ line: Line, tokens: Int) -> Answer {
        let now = time.monotonicNow()
        let limits = limits(of: line.pool)
        let place = Place(pool: line.pool, endpoint: line.endpoint)
        let (answer, isChanged) = state.withLock { state -> (Answer, Bool) in
            state.makeRoom(now: now)
            let old = (meter: state.meters[line], fuse: state.fuses[place])
            var meter = old.meter.flatMap { $0.limits == limits.rate ? $0 : nil } ?? ModelMeter(limits.rate, now: now)
            var fuse = old.fuse.flatMap { $0.limits == limits.circuit ? $0 : nil } ?? Fuse(limits.circuit, now: now)
            let answer = Self.ask(&meter, &fuse.breaker, tokens: tokens, now: now)
            (meter.lastUsed, fuse.lastUsed) = (now, now)
            (state.meters[line], state.fuses[place]) = (meter, fuse)
            return (answer, fuse.breaker.circuit != old.fuse?.breaker.circuit ?? .closed)
        }
        if isChanged { changed(line.pool, circuit(of: line.pool)) }
        return answer
    }

    private static func ask(
        _ meter: inout ModelMeter, _ breaker: inout CircuitBreaker, tokens: Int, now: Duration
    ) -> Answer {
        if let wait = meter.take(tokens: tokens, now: now) { return .wait(wait) }
        guard let wait = breaker.admit(now: now) else { return .go }
        meter.giveBack(calls: 1, tokens: tokens)
        return .refused(wait)
    }

    /// Reports the end of a call that was let through; `unused` of its tokens were not needed.
    package func ended(_ line: Line, _ outcome: Outcome, unused: Int) {
        let now = time.monotonicNow()
        let place = Place(pool: line.pool, endpoint: line.endpoint)
        let isChanged = state.withLock { state -> Bool in
            state.meters[line]?.giveBack(tokens: unused)
            guard var fuse = state.fuses[place] else { return false }
            defer { state.fuses[place] = fuse }
            let before = fuse.breaker.circuit
            switch outcome {
            case .answered: fuse.breaker.recordSuccess()
            case .failed: fuse.breaker.recordFailure(now: now)
            case .unknown: fuse.breaker.recordNothing()
            }
            return fuse.breaker.circuit != before
        }
        if isChanged { changed(line.pool, circuit(of: line.pool)) }
    }

    /// The worst circuit among the endpoints of a pool.
    package func circuit(of pool: ObjectKey) -> CircuitState {
        state.withLock { state in
            state.fuses.filter { $0.key.pool == pool }.map(\.value.breaker.circuit).max { $0.level < $1.level }
                ?? .closed
        }
    }

    /// How a run of the pool asks again, by the pool as it is now.
    func retry(of pool: ObjectKey?) -> ModelLimits.Retry {
        pool.map(limits)?.retry ?? ModelLimits(WorkerPool.Spec()).retry
    }

    /// How many lines are remembered.
    package var lines: Int { state.withLock { $0.meters.count } }

    private func limits(of pool: ObjectKey) -> ModelLimits { ModelLimits(pools.get(pool)?.spec ?? WorkerPool.Spec()) }
}

extension ModelTraffic.State {
    /// Forgets what has been idle for long enough to have no debt and nothing to say.
    fileprivate mutating func makeRoom(now: Duration) {
        guard meters.count >= ModelTraffic.most || fuses.count >= ModelTraffic.most else { return }
        meters = meters.filter { now - $0.value.lastUsed < ModelTraffic.idle }
        fuses = fuses.filter { now - $0.value.lastUsed < ModelTraffic.idle }
        // Too many at once to be kept apart: they begin anew, which lets a burst through and stops nobody.
        if meters.count >= ModelTraffic.most { meters = [:] }
        if fuses.count >= ModelTraffic.most { fuses = [:] }
    }
}

extension CircuitBreaker {
    var circuit: CircuitState {
        switch state {
        case .closed: .closed
        case .halfOpen: .halfOpen
        case .open: .open
        }
    }
}

extension CircuitState {
    /// As `orchestrator_circuit_breaker_state` shows it.
    var level: Int {
        switch self {
        case .closed, .unknown: 0
        case .halfOpen: 1
        case .open: 2
        }
    }
}
