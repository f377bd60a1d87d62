package import LifecycleTesting
import Primitives

/// What came of one schedule.
package struct Report: Sendable {
    package private(set) var schedule: Schedule
    package var ending: Simulator.Ending
    package private(set) var violations: [Violation] = []
    package private(set) var endState = EndState()
    package private(set) var summary = UpdateSummary()
    package private(set) var trace = Trace()
    /// Effects of all processes together.
    package private(set) var effects = 0
    package private(set) var watchEvents = 0
    package private(set) var jobs = 0
    package private(set) var lists = 0
    private var tries: [Int64: Int] = [:]
    /// Virtual time it took.
    package private(set) var took: Duration = .zero
    /// How many schedules this run is: each way to die that left the world it went on from.
    package internal(set) var schedules = 1
    /// The worlds that deaths leave behind, where the schedule asked for them.
    package private(set) var saved: [SavedWorld] = []

    init(schedule: Schedule, ending: Simulator.Ending) {
        self.schedule = schedule
        self.ending = ending
    }

    mutating func finish(_ world: World, _ moment: Moment, _ processes: [OperatorProcess], _ saved: [SavedWorld]) {
        violations = moment.violations
        if ending != .done {
            violations.append(Violation(.progress, "the run ended \(ending) before it was over"))
        }
        for process in processes where !process.isOver {
            violations.append(Violation(.processFault, "process \(process.number) never ended although it was killed"))
        }
        endState = EndState(world)
        violations += endState.violations
        summary = moment.summary
        trace = moment.trace
        effects = moment.effects
        watchEvents = world.state.withLock { $0.watches.events }
        lists = moment.lists
        tries = moment.tries
        jobs = world.simulator.jobsRun
        took = world.simulator.monotonicNow()
        self.saved = saved
    }

    /// The same for another schedule that went the same way.
    func standing(for schedule: Schedule) -> Report {
        var copy = self
        copy.schedule = schedule
        return copy
    }

    /// The violations, those included that show only beside a clean run.
    package func violations(beside clean: Report) -> [Violation] {
        guard schedule.lifecycle.outcomeVaries else {
            return violations + endState.differences(from: clean.endState) + summary.differences(from: clean.summary)
        }
        return violations + endState.differences(from: clean.endState, outcomesAmong: schedule.lifecycle.outcomes)
    }

    /// O3 while something is wrong: tries to write our kinds stay few, however long it lasts.
    package func triesAMinute(atMost limit: Int, before end: Int64 = .max) -> [Violation] {
        tries.sorted { $0.key < $1.key }.filter { $0.key < end && $0.value > limit }.map {
            Violation(.quiescence, "\($0.value) tries to write in minute \($0.key)")
        }
    }
}
