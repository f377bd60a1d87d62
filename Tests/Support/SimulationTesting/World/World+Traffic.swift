import HTTP
import KubernetesModel
import KubernetesTesting
import LifecycleTesting
import Primitives

/// What passes between the processes and the world.
extension World {
    /// Serves a request that has arrived.
    func perform(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
        try request.url.hasPrefix(ScriptedProvider.baseURL) ? provider.answer(request) : server.answer(request)
    }

    /// Decides what becomes of a request that is about to leave.
    func judge(_ exchange: Exchange) -> Mishap {
        let now = simulator.monotonicNow()
        let number = state.withLock { $0.moment.count(exchange) }
        let planned: Mishap? = decided { schedule in
            let fault = schedule.faults.first { $0.matches(exchange, number: number, at: now) }
            return fault.map { $0.mishap(exchange) } ?? (schedule.weather == nil ? Mishap.none : nil)
        }
        return state.withLock { state in
            let mishap = planned ?? state.random.weather(exchange)
            if case .none = mishap { return mishap }
            state.mishaps += 1
            state.lastMishap = now
            state.lastReturn = max(state.lastReturn, now + mishap.retryAfter)
            return mishap
        }
    }

    /// How long it takes there, and how long until the answer is back: a model's time goes into its replies.
    func latency(of exchange: Exchange, isBack: Bool) -> Duration {
        let base: Duration =
            switch exchange.kind {
            case .model: isBack && exchange.method != "GET" ? lifecycle.modelLatency : .milliseconds(5)
            case .exec: .milliseconds(20)
            case .read, .watch, .write: .milliseconds(1)
            }
        return state.withLock { $0.random.latency(base) }
    }

    /// Takes down what the world did for a request, lets the user act on it, and saves the world if that was asked for.
    func happened(_ exchange: Exchange, status: Int) {
        let changes = server.history(after: state.withLock { $0.moment.version })
        let now = simulator.monotonicNow()
        let isEffect = exchange.mayHaveEffect && status < 400 && !exchange.isHousekeeping
        let calls = server.calls.count
        state.withLock { state in
            state.moment.note(exchange, status: status, at: now, keepsLines: schedule.keepsTrace)
            state.moment.look(at: changes, call: exchange.kind == .write && calls > 0 ? server.calls.last : nil)
            if isEffect { state.moment.effects += 1 }
        }
        act()
        if isEffect { save(for: .beforeReply(exchange.number)) }
    }

    func note(_ exchange: Exchange, _ what: String) {
        let now = simulator.monotonicNow()
        state.withLock { $0.moment.observe(exchange, at: now) }
        note("\(exchange.process)#\(exchange.number) \(exchange.method) \(exchange.target) \(what)")
    }

    func note(_ line: String) {
        let now = simulator.monotonicNow()
        state.withLock { $0.moment.note(line, at: now, keepsLines: schedule.keepsTrace) }
    }

    /// The user does what the workload says, as soon as it is time for it.
    func act() {
        for (index, step) in lifecycle.script.enumerated() where isAhead(index) && step.isDue(self) {
            carryOut(step, index)
        }
        for (place, step) in schedule.interventions.enumerated() {
            let index = lifecycle.script.count + place
            guard isAhead(index), decided({ $0.interventions[place].isDue(self) }) else { continue }
            carryOut(step, index)
        }
    }

    private func isAhead(_ index: Int) -> Bool { state.withLock { !$0.moment.doneSteps.contains(index) } }

    private func carryOut(_ step: Lifecycle.Step, _ index: Int) {
        state.withLock { _ = $0.moment.doneSteps.insert(index) }
        note("user: \(step.name)")
        step.act(self)
        absorb()
    }

    /// Takes note of what others did at this moment.
    func absorb() {
        let changes = server.history(after: state.withLock { $0.moment.version })
        state.withLock { $0.moment.look(at: changes, call: nil) }
    }

    // MARK: Watches

    func opened(_ watch: Int, _ call: APICall) {
        let seconds = call.query["timeoutSeconds"].flatMap { Int($0) } ?? 300
        simulator.schedule(after: .seconds(seconds)) { [unowned self] in server.endWatch(watch) }
        bookmark(watch, times: seconds / 60)
    }

    /// A quiet watch is told once a minute that it has missed nothing.
    private func bookmark(_ watch: Int, times: Int) {
        guard times > 0 else { return }
        simulator.schedule(after: .seconds(60)) { [unowned self] in
            guard server.sendBookmark(to: watch) else { return }
            bookmark(watch, times: times - 1)
        }
    }

    /// Shows a watch what happened, in its own time but in order, unless the plan has the connection break there.
    func show(_ watch: Int, _ step: @escaping @Sendable () -> Void) {
        let now = simulator.monotonicNow()
        let event = state.withLock { $0.watches.upcoming(watch) }
        let faults = decided { $0.watchFaults.filter { $0.event == event } }
        let due: WatchTraffic.Due = state.withLock { state in
            let wait = state.random.watchDelay()
            return state.watches.next(watch, at: now, after: wait, faults: faults)
        }
        switch due {
        case .shown(let moment): simulator.schedule(after: moment - now, step)
        case .shownTwice(let moment):
            simulator.schedule(after: moment - now, step)
            simulator.schedule(after: moment - now, step)
        case .broken(let moment):
            simulator.schedule(after: moment - now) { [unowned self] in
                note("watch \(watch) breaks")
                server.cutWatch(watch)
            }
        case .nothing: break
        }
    }
}
