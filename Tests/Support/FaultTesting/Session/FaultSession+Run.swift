package import AIOpsAPI
import ClusterTesting
import JSON
package import KubernetesClient
import KubernetesModel
import Lifecycle
import Primitives

extension FaultSession.Running {
    /// Runs a plan once and asks every oracle that needs no clean run.
    ///
    /// The operator also dies during `modelCall`, counted from 1; `meanwhile` is what else happens while the task runs,
    /// and is cancelled when the plan is through.
    package func play(
        _ plan: FaultPlan, modelCall: Int? = nil,
        meanwhile: @escaping @Sendable (AIOpsTask) async throws -> Void = { _ in }
    ) async throws -> PlanResult {
        let time = SystemTimeSource()
        try await rig.arm([])
        // A plan that ran out of time may have ended between a start and the word about it.
        try await rig.operatorIs(process.life?.pid ?? 0)
        let marks = try await Marks(self)
        if let modelCall {
            modelFault.withLock { $0 = FaultSession.ModelFault(call: modelCall, pid: process.life?.pid ?? 0) }
        }
        if !plan.workload.isInterrupted { try await rig.arm(plan.faults) }
        let number = count.withLock { count in
            count += 1
            return count
        }
        let began = time.monotonicNow()
        let task = try await cluster.apply(
            plan.workload.request(model: model.baseURL), as: "\(plan.id.lowercased())-\(number)", in: namespace)
        let recording = Recording(task, mayHaveHoles: plan.cutsHistory)
        let outcome = Locked(Outcome())
        do {
            try await withDeadline(plan.within, time: time) {
                try await alongside(recording, outcome, { try await meanwhile(task) }) {
                    try await perform(plan, task, marks, outcome)
                }
            }
        } catch is DeadlineExceeded {
            outcome.withLock { $0.problems.append("O4: not within \(plan.within): \(Self.summary(recording))") }
        }
        modelFault.withLock { $0 = nil }
        let took = time.monotonicNow() - began
        let result = try await judge(
            plan, task, outcome.withLock { $0 }, recording, marks, took: took, killedByModel: modelCall != nil)
        if result.violations.contains(where: { $0.hasPrefix("O4") }) { try await clearUp(task) }
        return result
    }

    /// What one run leaves for the oracles.
    struct Outcome: Sendable {
        var ended: AIOpsTask?
        var end: EndState?
        var armedAfter = 0
        var deaths = 0
        var problems: [String] = []
    }

    /// The user's part, from the request to the last trace.
    private func perform(
        _ plan: FaultPlan, _ task: AIOpsTask, _ marks: Marks, _ outcome: Locked<Outcome>
    ) async throws {
        let patience = plan.within + .seconds(60)
        if plan.workload.isInterrupted {
            try await awaitSleep(of: task, since: marks.request, within: patience)
            let last = try await rig.report(since: marks.request).requests.last?.number
            outcome.withLock { $0.armedAfter = last ?? 0 }
            try await rig.arm(plan.faults)
        }
        if plan.workload == .cancel {
            try await cluster.change(
                AIOpsTask.resourceType, task.metadata.name, in: namespace, spec: ["cancel": "Immediate"])
        }
        if plan.workload != .delete, plan.workload != .deleteAnyTime {
            let ended = try await cluster.awaitCleanedUp(task.metadata.name, in: namespace, within: patience)
            let state = try await EndState(ended, cluster)
            let problems = try await judgeEnd(ended, plan, marks)
            outcome.withLock {
                $0.ended = ended
                $0.end = state
                $0.problems += problems
            }
        }
        if plan.workload != .deleteAnyTime { try await deleteIfThere(task, nil) }
        try await cluster.awaitGone(task, within: patience)
        try await awaitNothing(of: task, within: patience)
        // The last write is seen before the operator dies of it, and the next run must not begin with that death.
        let killed = try await settledReport(since: marks.request).kills - marks.kills
        try await eventually("every death is noticed", every: .milliseconds(20)) {
            let noticed = outcome.withLock { $0.deaths }
            return .holds(noticed >= killed, else: "\(noticed) of \(killed)")
        }
        guard killed > 0, plan.isForTheHeir else { return }
        // After the last write all seems done: what the next life takes for the truth would never be seen.
        try await eventually("every fault has hit something", within: patience) {
            let hits = try await rig.report(since: marks.request).hits
            return .holds(hits.values.allSatisfy { $0 > 0 }, else: "\(hits)")
        }
        try await awaitWorking()
        try await awaitNothing(of: task, within: patience)
        guard let ended = outcome.withLock({ $0.ended }) else { return }
        let problems = try await judgeNamespaces(ended, marks)
        outcome.withLock { outcome in outcome.problems += problems.filter { !outcome.problems.contains($0) } }
    }

    /// As a user deletes it.
    package func deleteIfThere(_ task: AIOpsTask, _ propagation: DeleteOptions.Propagation?) async throws {
        do throws(KubernetesError) {
            try await cluster.client.delete(
                AIOpsTask.resourceType, task.metadata.key, DeleteOptions(propagation: propagation))
        } catch {
            guard error.isNotFound else { throw error }
        }
    }

    /// What an aborted session left: this operator would take it over in the middle of a plan.
    func takeAwayLeftovers() async throws {
        let left = try await cluster.client.list(AIOpsTask.self).items
        for task in left { try await deleteIfThere(task, nil) }
        for task in left { try await cluster.awaitGone(task, within: .seconds(300)) }
    }

    private func awaitNothing(of task: AIOpsTask, within limit: Duration) async throws {
        try await eventually("nothing carries the uid of \(task.metadata.name)", within: limit) {
            let left = try await cluster.namespaces(labelledFor: task)
            return .holds(left.isEmpty, else: "\(left)")
        }
        try await awaitIdlePool(within: limit)
    }

    /// I8: no worker holds what is gone.
    func awaitIdlePool(within limit: Duration) async throws {
        let key = ObjectKey(namespace: namespace, name: "default")
        try await eventually("the pool is idle", within: limit, every: .milliseconds(50)) {
            let status = try await cluster.client.get(WorkerPool.self, key).status
            let isIdle = status.workers.allSatisfy { $0.tasks.isEmpty } && (status.queue?.total ?? 0) == 0
            return .holds(isIdle, else: "\(status)")
        }
    }

    private func awaitSleep(of task: AIOpsTask, since: Int, within limit: Duration) async throws {
        try await cluster.await(task.metadata.name, in: namespace, "its agent is at work", within: limit) {
            $0.status.phase == .running
        }
        try await eventually("the agent waits for a command", within: limit, every: .milliseconds(50)) {
            let commands = try await rig.report(since: since).requests.compactMap(\.command)
            return .holds(commands.contains { $0.hasPrefix("sleep") }, else: "\(commands)")
        }
    }

    /// Runs `body` beside what never ends by itself.
    private func alongside(
        _ recording: Recording, _ outcome: Locked<Outcome>, _ meanwhile: @escaping @Sendable () async throws -> Void,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await recording.run(cluster.client)
                return false
            }
            group.addTask {
                try await supervise(outcome)
                return false
            }
            group.addTask {
                try await meanwhile()
                return false
            }
            group.addTask {
                try await body()
                return true
            }
            defer { group.cancelAll() }
            while let isDone = try await group.next() {
                if isDone { return }
            }
        }
    }

    /// Starts the operator again whenever it died, as a kubelet would, and notes a death that nobody ordered.
    private func supervise(_ outcome: Locked<Outcome>) async throws {
        let time = SystemTimeSource()
        while true {
            if let code = process.life?.ended {
                try process.start()
                try await rig.operatorIs(process.life?.pid ?? 0)
                // Counted last: a plan that has all its deaths ends this, and the proxy must know the new one by then.
                outcome.withLock {
                    $0.deaths += 1
                    if code != 137 { $0.problems.append("O5: the operator ended by itself with code \(code)") }
                }
            }
            try await time.sleep(for: .milliseconds(20))
        }
    }

    /// After a plan that did not come to its end, so that the next one starts from nothing.
    private func clearUp(_ task: AIOpsTask) async throws {
        try await rig.arm([])
        try await rig.release()
        let unused = Locked(Outcome())
        try await alongside(Recording(task, mayHaveHoles: true), unused, {}) {
            try await deleteIfThere(task, nil)
            try await cluster.awaitGone(task)
        }
    }

    private static func summary(_ recording: Recording) -> String {
        guard let last = recording.versions.last else { return "nothing was seen" }
        let said = last.status.conditions.filter { $0.status != .true }.map { "\($0.type): \($0.reason) \($0.message)" }
        return "\(last.status.phase?.rawValue ?? "no phase"), \(said.joined(separator: "; "))"
    }
}
