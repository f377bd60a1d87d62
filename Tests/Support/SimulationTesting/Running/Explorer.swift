package import KubernetesTesting

/// Runs a lifecycle once in peace, then lets the process die after each single thing that it did to the world, and with
/// two deaths after each pair (F01 to F04).
///
/// A run in which a process died after its i-th effect is the world as it was after that effect, with a new process: so it
/// is branched off there rather than run again from the beginning. Death before the reply, death after it, and death
/// between a model's answer and the write that records it leave the worlds after two neighbouring effects; so one branch
/// for each effect stands for all of F01, F02 and F03.
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
        let clean = cleanRun()
        each([], clean, clean.violations)
        guard clean.violations.isEmpty else { return }
        branch(from: clean, deaths: [], beside: clean, depth: depth, each)
    }

    /// Runs one path again, with its whole trace.
    package func replay(_ deaths: [Int]) -> (report: Report, violations: [Violation]) {
        let clean = cleanRun()
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
                let report = World(schedule(savesWorlds: depth > 1)).run(from: saved)
                let violations = report.violations(beside: clean)
                each(path, report, violations)
                if depth > 1, violations.isEmpty {
                    branch(from: report, deaths: path, beside: clean, depth: depth - 1, each)
                }
            }
        }
    }

    private func cleanRun() -> Report {
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
