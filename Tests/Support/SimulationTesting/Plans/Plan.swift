/// One of the fault tests of the runtime specification (section 2.4), over every lifecycle it is about.
///
/// A plan says what goes wrong and when (`schedules`), and by which oracles the outcome is judged (`judge`). It is run
/// whole by `simulate` and in part, evenly spread, by the unit tests.
package struct Plan: Sendable {
    /// One schedule of a plan, and the words to find it again by.
    package struct Case: Sendable {
        package var name: String
        package var schedule: Schedule

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
    /// What is wrong with a run, given the clean one.
    package var judge: @Sendable (_ run: Report, _ clean: Report) -> [Violation]

    package init(
        _ name: String, _ summary: String, over lifecycles: [Lifecycle] = Lifecycle.all,
        judge: @escaping @Sendable (Report, Report) -> [Violation] = { $0.violations(beside: $1) },
        cases: @escaping @Sendable (_ lifecycle: Lifecycle, _ clean: Report, _ seed: UInt64?) -> [Case]
    ) {
        self.name = name
        self.summary = summary
        self.lifecycles = lifecycles
        self.cases = cases
        self.judge = judge
    }

    /// Judged by itself alone: where what came of it may rightly differ from the clean run.
    package static let byItself: @Sendable (Report, Report) -> [Violation] = { run, _ in run.violations }

    /// Runs the cases whose number leaves `share.0` by `share.1`, or the one of that name.
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
        for (index, one) in cases(lifecycle, clean, seed).enumerated()
        where name.map({ $0 == one.name }) ?? (index % share.1 == share.0) {
            var schedule = one.schedule
            schedule.keepsTrace = name != nil
            let report = World(schedule).run()
            each(one, report, judge(report, clean))
        }
    }

    package static let all: [Plan] = [
        lostReplies, lostRequests, brokenWatches, repeatedEvents, laggingWatches, conflicts, conflictsForEver,
        throttling,
        outages, deletions, handRemovedFinalizer, lostChunks, conflictingChunks, meddling, slowConsumer, weather,
    ]

    package static func named(_ name: String) -> Plan? { all.first { $0.name == name } }
}
