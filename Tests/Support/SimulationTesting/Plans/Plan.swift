import Primitives

/// One of the fault tests of the runtime specification (section 2.4), over every lifecycle it is about.
///
/// A plan says what goes wrong and when (`schedules`), and by which oracles the outcome is judged (`judge`). It is run
/// whole by `simulate` and in part, evenly spread, by the unit tests.
package struct Plan: Sendable {
    /// One schedule of a plan, and the words to find it again by.
    package struct Case: Sendable {
        package var name: String
        package var schedule: Schedule
        /// The place among the cases of its plan.
        package var number = 0

        package init(_ name: String, _ schedule: Schedule) {
            self.name = name
            self.schedule = schedule
        }
    }

    package var name: String
    package var summary: String
    package var lifecycles: [Lifecycle]
    /// All cases for one lifecycle, given how its clean run went.
    package var cases: @Sendable (_ lifecycle: Lifecycle, _ clean: Report, _ seed: UInt64?) -> [Case]
    /// False where cases differ from the first moment on: by their seed, or by what is there at the beginning.
    package var beginAlike: Bool
    /// What is wrong with a run, given the clean one.
    package var judge: @Sendable (_ run: Report, _ clean: Report) -> [Violation]

    package init(
        _ name: String, _ summary: String, over lifecycles: [Lifecycle] = Lifecycle.all, beginAlike: Bool = true,
        judge: @escaping @Sendable (Report, Report) -> [Violation] = { $0.violations(beside: $1) },
        cases: @escaping @Sendable (_ lifecycle: Lifecycle, _ clean: Report, _ seed: UInt64?) -> [Case]
    ) {
        self.name = name
        self.summary = summary
        self.lifecycles = lifecycles
        self.beginAlike = beginAlike
        self.cases = cases
        self.judge = judge
    }

    /// Judged by itself alone: where what came of it may rightly differ from the clean run.
    package static let byItself: @Sendable (Report, Report) -> [Violation] = { run, _ in run.violations }

    /// The cases whose number leaves `share.0` by `share.1`.
    package func cases(
        _ lifecycle: Lifecycle, beside clean: Report, seed: UInt64? = nil, share: (Int, Int) = (0, 1)
    ) -> [Case] {
        cases(lifecycle, clean, seed).enumerated().map { number, one in
            var one = one
            one.number = number
            return one
        }.filter { $0.number % share.1 == share.0 }
    }

    /// Runs the cases whose number leaves `share.0` by `share.1`, or the one of that name, each by itself.
    ///
    /// `each` hears of every case, with what is wrong with it.
    package func run(
        _ lifecycle: Lifecycle, seed: UInt64? = nil, share: (Int, Int) = (0, 1), only name: String? = nil,
        each: (Case, Report, [Violation]) -> Void
    ) {
        let clean = World(Schedule(lifecycle)).run()
        guard clean.violations.isEmpty else {
            return each(Case("clean", clean.schedule), clean, clean.violations)
        }
        for one in cases(lifecycle, beside: clean, seed: seed, share: name == nil ? share : (0, 1))
        where name.map({ $0 == one.name }) ?? true {
            var schedule = one.schedule
            schedule.keepsTrace = name != nil
            let report = World(schedule).run()
            each(one, report, judge(report, clean))
        }
    }

    /// Runs cases that begin alike, each together with those that go the same way, for as long as they do.
    ///
    /// Where cases part, `split` says which group this run goes on with, and sees to the others. `each` hears of the cases
    /// of this run that have not parted when it ends; all but the first are known without having been run.
    package func runTogether(
        _ cases: [Case], split: @escaping @Sendable ([[Case]]) -> [Case],
        each: (_ one: Case, _ report: Report, _ isFirst: Bool) -> Void
    ) {
        let world = World(cases, split: split)
        let report = world.run()
        for (place, one) in world.standing.withLock({ $0 }).enumerated() {
            each(one, report.standing(for: one.schedule), place == 0)
        }
    }

    package static let all: [Plan] = [
        lostReplies, lostRequests, brokenWatches, repeatedEvents, laggingWatches, conflicts, conflictsForEver,
        throttling,
        outages, deletions, handRemovedFinalizer, lostChunks, conflictingChunks, meddling, slowConsumer, weather,
    ]

    package static func named(_ name: String) -> Plan? { all.first { $0.name == name } }
}
