import Glibc
import JSON
import Primitives

/// `simulate`: runs plans by the thousand, or one schedule again with its whole trace.
package struct SimulateCommand {
    private struct Tally {
        var schedules = 0
        var known = 0
        var failures = 0

        mutating func add(_ outcome: Outcome) {
            schedules += outcome.schedules
            known += outcome.isKnown ? outcome.schedules : outcome.schedules - 1
            if !outcome.violations.isEmpty { failures += outcome.schedules }
        }
    }

    /// More would only repeat what the first say.
    private static let shownFailures = 4

    private let options: SimulateOptions

    package init(_ arguments: [String]) { options = SimulateOptions(arguments) }

    package func run() -> Int32 {
        guard let plans = options.plans else {
            print(SimulateOptions.usage + Plan.all.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))
            return 2
        }
        if let name = options.one { return again(plans[0], name) }
        let began = SystemTimeSource().monotonicNow()
        guard let sheet = ResultSheet(), let tree = ProcessTree(died: { Self.note($0, $1, in: sheet) }) else {
            print("no pipe or no file for the results: \(errno)")
            return 1
        }
        var (tally, seen, works) = (Tally(), 0, [(lifecycle: Lifecycle, plans: [String])]())
        for plan in plans {
            for lifecycle in options.lifecycles(of: plan) {
                if let place = works.firstIndex(where: { $0.lifecycle.name == lifecycle.name }) {
                    works[place].plans.append(plan)
                } else {
                    works.append((lifecycle, [plan]))
                }
            }
        }
        var waiting: [String: [Outcome]] = [:]
        // A copy must not say again what is still to be said here.
        fflush(nil)
        tree.spread(works, jobs: options.jobs, named: \.lifecycle.name) { work in
            for line in sheet.lines(behind: &seen) {
                guard let outcome = try? Outcome(json: line) else { fatalError("a result cannot be read") }
                waiting[outcome.lifecycle, default: []].append(outcome)
            }
            let outcomes = waiting.removeValue(forKey: work.lifecycle.name) ?? []
            for plan in work.plans { show(plan, work.lifecycle, outcomes.filter { $0.plan == plan }, &tally) }
            let others = outcomes.filter { !work.plans.contains($0.plan) }
            if !others.isEmpty { show("all", work.lifecycle, others, &tally) }
            fflush(nil)
        } _: { work in
            let tell: @Sendable (Outcome) -> Void = { sheet.add($0.jsonBytes()) }
            LifecycleWork(lifecycle: work.lifecycle, options: options, tree: tree, tell: tell).run(work.plans)
        }
        sum(tally, SystemTimeSource().monotonicNow() - began)
        return tally.failures == 0 && tally.schedules > 0 ? 0 : 1
    }

    /// What is known of a process that could not say anything more.
    private static func note(_ work: String, _ how: String, in sheet: ResultSheet) {
        let words = work.split(separator: " ").map(String.init)
        var outcome = Outcome(words.count > 1 ? words[0] : "", words.count > 1 ? words[1] : work, work, place: [-1])
        outcome.name = words.count > 2 ? words[2] : work
        outcome.violations = [Violation(.processFault, "the simulation itself ended \(how)")]
        sheet.add(outcome.jsonBytes())
    }

    private func show(_ plan: String, _ lifecycle: Lifecycle, _ outcomes: [Outcome], _ tally: inout Tally) {
        var (one, shown) = (Tally(), 0)
        for outcome in outcomes.sorted(by: { $0.place.lexicographicallyPrecedes($1.place) }) {
            one.add(outcome)
            tally.add(outcome)
            if !outcome.note.isEmpty { print("  \(outcome.note)") }
            if options.showsTraces { print("  \(plan) \(outcome.lifecycle) \(outcome.name): trace \(outcome.trace)") }
            guard !outcome.violations.isEmpty, shown < Self.shownFailures else { continue }
            shown += 1
            for violation in outcome.violations.prefix(10) { print("  ✘ \(violation)") }
            let chance = options.seed.map { " --seed \($0)" } ?? ""
            print("    again: simulate --plan \(plan) --lifecycle \(lifecycle.name) --case \(outcome.name)\(chance)")
        }
        print("\(plan) \(lifecycle.name): \(one.schedules) schedules, \(one.failures) failed")
    }

    private func sum(_ tally: Tally, _ took: Duration) {
        func rate(_ count: Int) -> Int { Int(Double(count) / max(took.seconds, 0.001) * 60) }
        let run = tally.schedules - tally.known
        print(
            "\(tally.schedules) schedules, \(tally.failures) failed; \(tally.known) went to the end as another did and were "
                + "not run for that")
        print(
            "\(tally.schedules) schedules in \(took.wholeSeconds) s with \(options.jobs) at a time "
                + "(\(Self.processorTime.wholeSeconds) s of processors), \(rate(run)) runs a minute, "
                + "\(rate(tally.schedules)) schedules a minute")
    }

    /// Of this process and of all that it waited for, and they in turn.
    private static var processorTime: Duration {
        var usage = tms()
        _ = times(&usage)
        let ticks = [usage.tms_utime, usage.tms_stime, usage.tms_cutime, usage.tms_cstime].reduce(0, +)
        return .seconds(1) * ticks / max(1, sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Runs one schedule again, here, with its trace.
    private func again(_ plan: String, _ name: String) -> Int32 {
        var isGood = false
        for lifecycle in options.lifecycles(of: plan) {
            func show(_ name: String, _ report: Report, _ violations: [Violation]) {
                for line in report.trace.lines { print("    \(line)") }
                for violation in violations { print("  ✘ \(violation)") }
                isGood = violations.isEmpty
            }
            switch plan {
            case "clean":
                var schedule = Schedule(lifecycle, seed: options.seed)
                schedule.keepsTrace = true
                let report = World(schedule).run()
                show(name, report, report.violations)
            case "F01", "F04":
                var explorer = Explorer(lifecycle)
                explorer.seed = options.seed
                let (report, violations) = explorer.replay(name.split(separator: ",").compactMap { Int($0) })
                show(name, report, violations)
            default:
                Plan.named(plan)?.run(lifecycle, seed: options.seed, only: name) { show($0.name, $1, $2) }
            }
        }
        return isGood ? 0 : 1
    }
}
