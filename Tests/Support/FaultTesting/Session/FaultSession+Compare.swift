package import AIOpsAPI
import ClusterTesting
import Primitives

extension FaultSession.Running {
    /// Runs a plan once and holds it against clean runs of its workload.
    package func run(
        _ plan: FaultPlan, modelCall: Int? = nil,
        meanwhile: @escaping @Sendable (AIOpsTask) async throws -> Void = { _ in }
    ) async throws -> PlanResult {
        let clean = try await learn(plan.workload)
        var result = try await play(plan, modelCall: modelCall, meanwhile: meanwhile)
        let isLost = LostResult.isIn(result.journal, namespace: namespace)
        let mayDiffer = isLost ? plan.mayDiffer.union(Self.lookedAgain) : plan.mayDiffer
        result.violations += differences(of: result, from: clean, mayDiffer)
        return result
    }

    private static let lookedAgain: Set<String> = [
        "task.status.steps", "task.status.result.stepsTaken", "task.status.conditions[AgentCompleted].message",
    ]

    /// Two clean runs give the mask; a third, by the same oracles, must match.
    ///
    /// - Returns: what is wrong with the third run; empty means that the workload is fit for tests.
    package func calibrate(_ workload: Workload) async throws -> PlanResult {
        let clean = try await learn(workload)
        var third = try await play(FaultPlan("clean", workload, []))
        third.violations += differences(of: third, from: clean, [])
        return third
    }

    /// Writes of a clean run whose order is part of the work.
    package func writes(of workload: Workload) async throws -> Int { try await learn(workload).writes }
    package func modelCalls(of workload: Workload) async throws -> Int { try await learn(workload).modelCalls }
    /// Versions of the task that a watch shows in a clean run, the first not among them.
    package func versions(of workload: Workload) async throws -> Int { try await learn(workload).versions }

    private func differences(of result: PlanResult, from clean: CleanRuns.Learned, _ allowed: Set<String>) -> [String] {
        var found = result.updates.differences(from: clean.updates)
        if let end = result.end, let then = clean.end {
            found += end.differences(from: then, allowed: clean.mask.union(allowed))
        }
        return found
    }

    private func learn(_ workload: Workload) async throws -> CleanRuns.Learned {
        if let known = await clean.known(workload) { return known }
        let first = try await play(FaultPlan("clean", workload, []))
        // Another process: what is named after one must not be relied upon.
        try await restart()
        let second = try await play(FaultPlan("clean", workload, []))
        for run in [first, second] where !run.violations.isEmpty {
            throw NeverHappened("a clean run of \(workload) is not clean: \(run.violations.joined(separator: "\n"))")
        }
        guard first.updates == second.updates else {
            throw NeverHappened("two clean runs differ: \(second.updates.differences(from: first.updates))")
        }
        var mask: Set<String> = []
        if let a = first.end, let b = second.end { mask = a.mask(with: b) }
        let learned = CleanRuns.Learned(
            end: first.end, updates: first.updates, mask: mask, writes: max(first.writes, second.writes),
            modelCalls: first.modelCalls, versions: min(first.versions, second.versions))
        await clean.learn(workload, learned)
        return learned
    }

    /// Ends the operator in order and starts it anew.
    package func restart() async throws {
        try await process.stop()
        try await start()
    }

    /// Starts the operator and waits until it is at work: before that, it has not even said how it wants to be stopped.
    package func start() async throws {
        try process.start()
        try await rig.operatorIs(process.life?.pid ?? 0)
        try await awaitWorking()
    }

    func awaitWorking() async throws {
        try await eventually("the operator is at work", within: .seconds(120)) {
            let said = process.life?.output() ?? ""
            return .holds(said.contains("controller started"), else: said)
        }
    }

    /// Runs `body` with an operator that has opened its watches under these faults, each of which must have hit something
    /// by then if `mustHit` says so.
    package func with(_ faults: [Fault], mustHit: Bool = true, _ body: () async throws -> Void) async throws {
        try await process.stop()
        try await rig.arm(faults)
        try await start()
        if mustHit {
            try await eventually("every fault has hit something") {
                let hits = try await rig.report().hits
                return .holds(hits.values.allSatisfy { $0 > 0 }, else: "\(hits)")
            }
        }
        try await body()
        try await rig.arm([])
        try await restart()
    }

    /// O3: how many writes the operator makes while nothing happens.
    package func writesAtRest(for duration: Duration) async throws -> [JournalEntry] {
        try await rig.arm([])
        let before = try await rig.report().requests.last?.number ?? 0
        try await SystemTimeSource().sleep(for: duration)
        return try await rig.report(since: before).requests.filter { $0.isWrite && $0.resource != "leases" }
    }
}
