package import KubernetesTesting

/// Runs a lifecycle once in peace, then lets the process die at each single thing that it did to the world, and with two
/// deaths at each pair (F01 to F04).
///
/// A run in which a process died is the world as it was at that moment, with a new process: so it is branched off there
/// rather than run again from the beginning. Three deaths beside an effect are schedules of their own: before its reply
/// (F02), after it (F01), and before the next request that may have an effect (F03). Mostly nothing happens to the world
/// between these, so that all three leave the same one; where that is so (``World/save(for:)`` looks), one branch is run
/// for them, and counts as all of them.
package struct Explorer {
    package typealias Each = (_ deaths: [Int], _ report: Report, _ violations: [Violation]) -> Void

    package let lifecycle: Lifecycle
    /// Chance after the first death; nil for none.
    package var seed: UInt64?
    package var profile = ServerProfile.v1_36
    package var depth = 1
    /// Which part of the first deaths is looked at, to share the work: those whose number leaves `share.0` by `share.1`.
    package var share = (0, 1)
    /// Where the runs after one first death are done: here and now, or by somebody else beside.
    var aside: (_ name: String, _ work: () -> Void) -> Void = { $1() }

    package init(_ lifecycle: Lifecycle) { self.lifecycle = lifecycle }

    /// - Parameter each: hears of every schedule that was run.
    package func explore(_ each: Each) {
        let clean = clean()
        each([], clean, clean.violations)
        guard clean.violations.isEmpty else { return }
        branch(from: clean, deaths: [], beside: clean, depth: depth, each)
    }

    /// Runs one path again, with its whole trace.
    package func replay(_ deaths: [Int]) -> (report: Report, violations: [Violation]) {
        let clean = clean()
        var run = clean
        for (step, death) in deaths.enumerated() where run.saved.indices.contains(death - 1) {
            var next = schedule(savesWorlds: step < deaths.count - 1)
            next.keepsTrace = step == deaths.count - 1
            run = World(next).run(from: run.saved[death - 1])
        }
        return (run, deaths.isEmpty ? run.violations : run.violations(beside: clean))
    }

    private func branch(from run: Report, deaths: [Int], beside clean: Report, depth: Int, _ each: Each) {
        for (index, saved) in run.saved.enumerated() where !deaths.isEmpty || index % share.1 == share.0 {
            let path = deaths + [index + 1]
            aside(path.map(String.init).joined(separator: ",")) {
                var report = World(schedule(savesWorlds: depth > 1)).run(from: saved)
                report.schedules = saved.deaths.count * run.schedules
                let violations = report.violations(beside: clean)
                each(path, report, violations)
                if depth > 1, violations.isEmpty {
                    branch(from: report, deaths: path, beside: clean, depth: depth - 1, each)
                }
            }
        }
    }

    /// The run in peace, with the worlds that the first deaths leave.
    package func clean() -> Report {
        var schedule = Schedule(lifecycle)
        schedule.profile = profile
        schedule.savesWorlds = true
        return World(schedule).run()
    }

    private func schedule(savesWorlds: Bool) -> Schedule {
        var schedule = Schedule(lifecycle, seed: seed)
        schedule.profile = profile
        schedule.savesWorlds = savesWorlds
        schedule.rest = .seconds(20)
        return schedule
    }
}
