import Primitives

/// All that is to be run of one lifecycle: the work of one process and of those it makes.
struct LifecycleWork {
    let lifecycle: Lifecycle
    let options: SimulateOptions
    let tree: ProcessTree
    let tell: @Sendable (Outcome) -> Void

    func run(_ plans: [String]) {
        let clean = World(Schedule(lifecycle)).run()
        for plan in plans {
            switch plan {
            case "clean": peace()
            case "F01", "F04": deaths(plan)
            default: if let known = Plan.named(plan) { cases(known, beside: clean) }
            }
        }
    }

    private func peace() {
        let report = World(Schedule(lifecycle, seed: options.seed)).run()
        var outcome = outcome("clean", "clean", [], report, report.violations)
        outcome.note =
            "\(report.effects) effects, \(report.jobs) jobs, \(report.watchEvents) watch events, "
            + "\(report.took.wholeSeconds) s virtual, trace \(outcome.trace)"
        tell(outcome)
    }

    private func deaths(_ plan: String) {
        var explorer = Explorer(lifecycle)
        explorer.seed = options.seed
        explorer.depth = plan == "F04" ? 2 : 1
        explorer.share = options.share
        if !options.isAlone { explorer.aside = { tree.aside("\(plan) \(lifecycle.name) \($0)", $1) } }
        explorer.explore { deaths, report, violations in
            tell(outcome(plan, deaths.map(String.init).joined(separator: ","), deaths, report, violations))
        }
    }

    private func cases(_ plan: Plan, beside clean: Report) {
        guard clean.violations.isEmpty else {
            return tell(outcome(plan.name, "clean", [], clean, clean.violations))
        }
        let all = plan.cases(lifecycle, beside: clean, seed: options.seed, share: options.share)
        guard plan.beginAlike, !options.isAlone, let first = all.first else {
            for one in all { alone(plan, one, beside: clean) }
            return
        }
        tree.aside("\(plan.name) \(lifecycle.name) \(first.name) …") { together(plan, all, beside: clean) }
    }

    private func alone(_ plan: Plan, _ one: Plan.Case, beside clean: Report) {
        func run() {
            let report = World(one.schedule).run()
            tell(outcome(plan.name, one.name, [one.number], report, plan.judge(report, clean)))
        }
        if options.isAlone { run() } else { tree.aside("\(plan.name) \(lifecycle.name) \(one.name)", run) }
    }

    private func together(_ plan: Plan, _ all: [Plan.Case], beside clean: Report) {
        let trunk = tree.generation
        plan.runTogether(all) { [tree, lifecycle] groups in
            for group in groups.dropFirst() where tree.part("\(plan.name) \(lifecycle.name) \(group[0].name)") {
                return group
            }
            return groups[0]
        } each: { one, report, isFirst in
            var outcome = outcome(plan.name, one.name, [one.number], report, plan.judge(report, clean))
            outcome.isKnown = !isFirst || report.trace.hash == clean.trace.hash
            tell(outcome)
        }
        // What was made on the way here ends here; who began goes on.
        if tree.generation > trunk { tree.leave() }
    }

    private func outcome(
        _ plan: String, _ name: String, _ place: [Int], _ report: Report, _ violations: [Violation]
    ) -> Outcome {
        var outcome = Outcome(plan, lifecycle.name, name, place: place)
        outcome.violations = violations
        outcome.schedules = report.schedules
        outcome.trace = String(report.trace.hash, radix: 16)
        return outcome
    }
}
