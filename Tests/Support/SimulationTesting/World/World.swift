import ControllerRuntime
import KubernetesModel
package import KubernetesTesting
package import LifecycleTesting
import Primitives

/// One run: an API server, a shop, a model provider, a user, and as many operator processes as it takes.
///
/// Everything happens on the simulator's one thread. Invariants: what the world does follows from its schedule alone; a
/// saved world holds everything that outlives the processes, so that a run continued from it is the run in which they
/// died there.
package final class World: Sendable {
    /// Takes the groups, the largest first, and gives back the one to go on with.
    typealias Split = @Sendable ([[Plan.Case]]) -> [Plan.Case]

    struct State {
        var moment = Moment()
        var processes: [OperatorProcess] = []
        var needsProcess = true
        var random: Randomness
        var watches = WatchTraffic()
        var saved: [SavedWorld] = []
        /// Requests so far that did not go as they should.
        var mishaps = 0
        var lastMishap = Duration.zero
        /// When the last of those who were told to come back later comes at the earliest.
        var lastReturn = Duration.zero
    }

    /// How long a run may take in virtual time before it counts as stuck.
    static let patience = Duration.seconds(3 * 3600)
    /// How long what was under way may take to come in.
    private static let pause = Duration.seconds(20)

    /// What this run stands for: one case, or several that have said the same to everything so far.
    let standing: Locked<[Plan.Case]>
    /// Which of several groups of cases this run goes on with, now that they part; somebody else sees to the others.
    private let split: Split
    /// The schedule of the first of its cases; what cases that share a run may differ in is asked of each (``decided(_:)``).
    package let schedule: Schedule
    package let simulator: Simulator
    package let cluster: ShopCluster
    package let provider: ScriptedProvider
    let logs = WorldLog()
    let state: Locked<State>

    package var server: InMemoryAPIServer { cluster.server }
    package var lifecycle: Lifecycle { schedule.lifecycle }

    package convenience init(_ schedule: Schedule) {
        self.init([Plan.Case("", schedule)]) { $0[0] }
    }

    /// A run that stands for several cases, which begin alike: they have lifecycle, seed, weather and length in common.
    init(_ cases: [Plan.Case], split: @escaping Split) {
        let schedule = cases[0].schedule
        self.schedule = schedule
        self.split = split
        standing = Locked(cases)
        simulator = Simulator(seed: schedule.seed)
        cluster = ShopCluster(profile: schedule.profile, time: simulator)
        provider = ScriptedProvider(
            isMitigation: schedule.lifecycle.isMitigation, answers: schedule.lifecycle.providerAnswers)
        var random = Randomness(seed: schedule.seed)
        random.weather = schedule.weather
        state = Locked(State(random: random))
        server.paceWatches { [unowned self] watch, step in show(watch, step) }
        server.onWatch { [unowned self] watch, call in opened(watch, call) }
        server.forgetCalls()
        schedule.lifecycle.setUp(self)
        state.withLock { $0.moment.version = server.currentVersion }
    }

    // MARK: Running

    /// Runs the whole schedule, from the beginning or from where a world was saved.
    package func run(from saved: SavedWorld? = nil) -> Report {
        if let saved { restore(saved) }
        var ending = Simulator.Ending.done
        repeat {
            if state.withLock({ $0.needsProcess }) { startProcess() }
            ending = simulator.run(atMost: Self.patience) { state.withLock { $0.needsProcess } || isOver }
            // Who died of the last write is followed by another as well: what was left to do shows at rest.
        } while ending == .done && (!isOver || state.withLock { $0.needsProcess })
        var report = Report(schedule: schedule, ending: ending)
        if ending == .done { ending = rest() }
        report.ending = ending
        stop()
        let (moment, processes, saved) = state.withLock { ($0.moment, $0.processes, $0.saved) }
        report.finish(self, moment, processes, saved)
        return report
    }

    var isOver: Bool {
        guard schedule.isOver != nil else { return lifecycle.isOver(self) }
        return decided { ($0.isOver ?? $0.lifecycle.isOver)(self) }
    }

    /// What the schedule says to something that happens now.
    ///
    /// All that two cases of one run may differ in is asked for here, so that until they answer differently one run is the
    /// run of either; from then on there are two.
    func decided<Answer: Hashable>(_ ask: (Schedule) -> Answer) -> Answer {
        let cases = standing.withLock { $0 }
        guard cases.count > 1 else { return ask(cases[0].schedule) }
        let answers = cases.map { ask($0.schedule) }
        guard answers.contains(where: { $0 != answers[0] }) else { return answers[0] }
        let groups = Dictionary(grouping: cases.indices) { answers[$0] }.values.sorted {
            ($1.count, $0[0]) < ($0.count, $1[0])
        }
        let kept = split(groups.map { $0.map { cases[$0] } })
        standing.withLock { $0 = kept }
        return ask(kept[0].schedule)
    }

    /// Nothing is to be done any more: whatever is still written now is written for ever.
    private func rest() -> Simulator.Ending {
        // What was under way when the end came may still come in, and what went wrong until now is tried again: where the
        // server named a time, after that time and no earlier.
        var (mishaps, isSettled) = (0, false)
        repeat {
            mishaps = state.withLock { $0.mishaps }
            let ending = simulator.run(atMost: Self.pause) { state.withLock { $0.needsProcess } }
            if ending == .done {
                startProcess()
                continue
            }
            guard ending == .overdue else { return ending }
            let (count, last, due) = state.withLock { ($0.mishaps, $0.lastMishap, $0.lastReturn) }
            let now = simulator.monotonicNow()
            // Waits double: the next is no longer than twice the time for which there were failures.
            isSettled = count == mishaps && now >= last + min(last * 2, RetryPolicy.key.cap) && now >= due + Self.pause
        } while !isSettled && simulator.monotonicNow() < Self.patience
        state.withLock { $0.moment.beginRest(at: server.currentVersion) }
        return simulator.run(atMost: schedule.rest) { false } == .spinning ? .spinning : .done
    }

    /// Every process is stopped at once, as by a signal that cannot wait.
    private func stop() {
        for process in state.withLock({ $0.processes }) { process.stop() }
        simulator.runReadyJobs()
    }

    private func startProcess() {
        let number = state.withLock { state in
            state.needsProcess = false
            state.moment.processes += 1
            return state.moment.processes - 1
        }
        let process = OperatorProcess(number: number, world: self)
        state.withLock { $0.processes.append(process) }
        process.start()
    }

    /// A second process beside the first, as where an old one is cut off but alive.
    package func addProcess() { startProcess() }

    func kill(_ number: Int) {
        let victim = state.withLock { state in state.processes.first { $0.number == number } }
        guard let victim, !victim.isDead else { return }
        note("process \(number) is killed")
        victim.kill()
        state.withLock { $0.needsProcess = true }
    }

    func schedule(after delay: Duration, _ action: @escaping @Sendable () -> Void) {
        simulator.schedule(after: delay, action)
    }

    // MARK: Branching

    private func restore(_ saved: SavedWorld) {
        server.restore(saved.server)
        provider.calls = saved.providerCalls
        cluster.repairs.withLock { $0 = saved.repairs }
        simulator.resume(at: saved.time)
        state.withLock { $0.moment = saved.moment }
    }

    /// Keeps the world for a run that goes on from it without this process, which might die at this moment.
    ///
    /// Where it is still the world that was kept last, but for the clock, Leases and Events, that one stands for this death too.
    func save(for death: SavedWorld.Death) {
        guard schedule.savesWorlds else { return }
        absorb()
        let (calls, repairs) = (provider.calls, cluster.repairs.withLock { $0 })
        let now = simulator.monotonicNow()
        state.withLock { state in
            if let last = state.saved.last, last.isSame(as: state.moment, calls, repairs) {
                state.saved[state.saved.count - 1].deaths.append(death)
            } else {
                state.saved.append(
                    SavedWorld(
                        server: server.snapshot(), providerCalls: calls, repairs: repairs, time: now,
                        moment: state.moment, deaths: [death]))
            }
        }
    }
}
