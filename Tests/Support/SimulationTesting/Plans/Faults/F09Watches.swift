import Primitives

extension Plan {
    /// F09: any one event is dropped, because its connection breaks there.
    package static let brokenWatches = Plan("F09", "the watch breaks at each event in turn") { lifecycle, clean, seed in
        watchCases(lifecycle, clean, seed, "break") { .breaks($0) }
    }

    /// F10: any one event comes twice.
    package static let repeatedEvents = Plan(
        "F10", "each event in turn comes twice; a deleted task comes back under its name",
        over: Lifecycle.all + [.recreated]
    ) { lifecycle, clean, seed in
        watchCases(lifecycle, clean, seed, "twice") { .twice($0) }
    }

    /// F07 at large: from any one event on, the cache is 10 s behind what the process itself has written.
    package static let laggingWatches = Plan(
        "F07", "the watch falls 10 s behind at each event in turn",
        judge: { run, clean in
            let name = run.schedule.lifecycle.name
            guard name.hasPrefix("task-cancel-"), name.hasSuffix("-evaluating") else {
                return run.violations(beside: clean)
            }
            // The grading takes less than ten seconds: a cancel may be heard of when all is over.
            return run.violations
                + run.endState.differences(from: clean.endState, outcomesAmong: ["Cancelled", "Succeeded"])
        }
    ) { lifecycle, clean, seed in
        watchCases(lifecycle, clean, seed, "lag") { .lags($0, .seconds(10)) }
    }

    private static func watchCases(
        _ lifecycle: Lifecycle, _ clean: Report, _ seed: UInt64?, _ name: String,
        _ fault: (Int) -> WatchTraffic.Fault
    ) -> [Case] {
        (1...max(1, clean.watchEvents)).map { number in
            var schedule = Schedule(lifecycle, seed: seed)
            schedule.watchFaults = [fault(number)]
            return Case("\(name)-\(number)", schedule)
        }
    }
}
