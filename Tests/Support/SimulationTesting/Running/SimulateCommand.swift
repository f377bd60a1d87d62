import Glibc
import Primitives

/// `simulate`: runs plans by the thousand, or one schedule again with its whole trace.
package struct SimulateCommand {
    private static let usage = """
        usage: simulate --plan PLAN|all [--lifecycle NAME] [--seed N] [--share I/N]
               simulate --plan PLAN --lifecycle NAME --case CASE [--seed N]     runs one schedule again, with its trace

        plans:
          clean  each lifecycle in peace
          F01    the process dies after each effect in turn (F02, F03: the same worlds); cases are "17"
          F04    two deaths, after every pair of effects; cases are "17,4"

        """

    private struct Tally {
        var schedules = 0
        var failures = 0

        mutating func add(_ other: Tally) {
            schedules += other.schedules
            failures += other.failures
        }
    }

    /// More would only repeat what the first say.
    private static let shownFailures = 4

    private var options: [String: String] = [:]

    package init(_ arguments: [String]) {
        var rest = arguments[...]
        while let name = rest.popFirst() { options[String(name.drop { $0 == "-" })] = rest.popFirst() ?? "" }
    }

    private var seed: UInt64? { options["seed"].flatMap { UInt64($0) } }
    private var share: (Int, Int) {
        let parts = (options["share"] ?? "").split(separator: "/").compactMap { Int($0) }
        return parts.count == 2 && parts[1] > 0 ? (parts[0], parts[1]) : (0, 1)
    }

    package func run() -> Int32 {
        let began = SystemTimeSource().monotonicNow()
        let all = ["clean", "F01"] + Plan.all.map(\.name)
        let wanted = options["plan"] == "all" ? all : [options["plan"] ?? ""]
        guard wanted.allSatisfy({ all.contains($0) || $0 == "F04" }) else {
            print(Self.usage + Plan.all.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))
            return 2
        }
        var tally = Tally()
        for name in wanted {
            for lifecycle in lifecycles(of: name) {
                let one = perform(name, lifecycle)
                print("\(name) \(lifecycle.name): \(one.schedules) schedules, \(one.failures) failed")
                tally.add(one)
            }
        }
        let took = SystemTimeSource().monotonicNow() - began
        print(
            "\(tally.schedules) schedules, \(tally.failures) failed, \(took.milliseconds) ms, "
                + "\(Int(Double(tally.schedules) / took.seconds * 60)) a minute")
        return tally.failures == 0 && tally.schedules > 0 ? 0 : 1
    }

    private func lifecycles(of plan: String) -> [Lifecycle] {
        (Plan.named(plan)?.lifecycles ?? Lifecycle.all).filter {
            options["lifecycle"].map { [name = $0.name] in $0 == name } ?? true
        }
    }

    private func perform(_ plan: String, _ lifecycle: Lifecycle) -> Tally {
        switch plan {
        case "clean": clean(lifecycle)
        case "F01", "F04": deaths(plan, lifecycle)
        default: cases(plan, lifecycle)
        }
    }

    private func clean(_ lifecycle: Lifecycle) -> Tally {
        var schedule = Schedule(lifecycle, seed: seed)
        schedule.keepsTrace = options["case"] != nil
        let report = World(schedule).run()
        show("clean", "clean", report, report.violations)
        print(
            "  \(report.effects) effects, \(report.jobs) jobs, \(report.watchEvents) watch events, "
                + "\(report.took.wholeSeconds) s virtual, trace \(String(report.trace.hash, radix: 16))")
        return Tally(schedules: 1, failures: report.violations.isEmpty ? 0 : 1)
    }

    private func deaths(_ plan: String, _ lifecycle: Lifecycle) -> Tally {
        var explorer = Explorer(lifecycle)
        explorer.seed = seed
        explorer.depth = plan == "F04" ? 2 : 1
        explorer.share = share
        if let path = options["case"] {
            let (report, violations) = explorer.replay(path.split(separator: ",").compactMap { Int($0) })
            show(plan, path, report, violations)
            return Tally(schedules: 1, failures: violations.isEmpty ? 0 : 1)
        }
        var tally = Tally()
        explorer.explore { deaths, report, violations in
            tally.schedules += 1
            guard !violations.isEmpty else { return }
            tally.failures += 1
            guard tally.failures <= Self.shownFailures else { return }
            show(plan, deaths.map(String.init).joined(separator: ","), report, violations)
        }
        return tally
    }

    private func cases(_ name: String, _ lifecycle: Lifecycle) -> Tally {
        var tally = Tally()
        Plan.named(name)?.run(lifecycle, seed: seed, share: share, only: options["case"]) { one, report, violations in
            tally.schedules += 1
            if !violations.isEmpty { tally.failures += 1 }
            guard options["case"] != nil || !violations.isEmpty && tally.failures <= Self.shownFailures else { return }
            show(name, one.name, report, violations)
        }
        return tally
    }

    private func show(_ plan: String, _ name: String, _ report: Report, _ violations: [Violation]) {
        for line in report.trace.lines { print("    \(line)") }
        guard !violations.isEmpty else { return }
        for violation in violations.prefix(10) { print("  ✘ \(violation)") }
        let chance = seed.map { " --seed \($0)" } ?? ""
        print(
            "    again: simulate --plan \(plan) --lifecycle \(report.schedule.lifecycle.name) --case \(name)\(chance)")
    }
}
