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
    /// and is cancelled when the plan is through; `atTheEnd` reads what goes with the task before it is deleted.
    package func play(
        _ plan: FaultPlan, modelCall: Int? = nil,
        meanwhile: @escaping @Sendable (AIOpsTask) async throws -> Void = { _ in },
        atTheEnd: @escaping @Sendable (AIOpsTask) async throws -> Void = { _ in }
    ) async throws -> PlanResult {
        let time = SystemTimeSource()
        try await rig.arm([])
        // A plan that ran out of time may have ended between a start and the word about it.
        try await rig.operatorIs(process.life?.pid ?? 0)
        let marks = try await Marks(self)
        if let modelCall {
            modelFault.withLock { $0 = FaultSession.ModelFault(call: modelCall, pid: process.life?.pid ?? 0) }
        }
        if plan.workload.faultsBegin == .atOnce { try await rig.arm(plan.faults) }
        let number = count.withLock { count in
            count += 1
            return count
        }
        let began = time.monotonicNow()
        let name = "\(plan.id.lowercased())-\(number)"
        var request = plan.workload.request(model: model.baseURL)
        if plan.workload.hasOwnPool { request.spec["poolRef"] = ["name": .string(name)] }
        let task = try await cluster.apply(request, as: name, in: namespace)
        let recording = Recording(task, mayHaveHoles: plan.cutsHistory)
        let (pools, conversations) = (Chronicle<WorkerPool>(namespace), Chronicle<LLMConversation>(namespace))
        let outcome = Locked(Outcome())
        do {
            try await withDeadline(plan.within, time: time) {
                try await alongside(
                    recording, outcome, { try await watch(plan, pools, conversations) { try await meanwhile(task) } }
                ) {
                    try await perform(plan, task, marks, outcome, atTheEnd)
                }
            }
        } catch is DeadlineExceeded {
            outcome.withLock { $0.problems.append("O4: not within \(plan.within): \(Self.summary(recording))") }
        }
        outcome.withLock { $0.problems += pools.violations + conversations.violations }
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
        _ plan: FaultPlan, _ task: AIOpsTask, _ marks: Marks, _ outcome: Locked<Outcome>,
        _ atTheEnd: (AIOpsTask) async throws -> Void
    ) async throws {
        let patience = plan.within + .seconds(60)
        if plan.workload.hasOwnPool { try await makePool(of: task, plan.workload, within: patience) }
        if plan.workload.faultsBegin == .asTheAgentWaits {
            try await awaitSleep(of: task, since: marks.request, within: patience)
            try await begin(plan, marks, outcome)
        }
        try await interfere(with: task, plan.workload, within: patience)
        if !plan.workload.isDeletedEarly {
            let ended = try await cluster.awaitCleanedUp(task.metadata.name, in: namespace, within: patience)
            var state = try await EndState(ended, cluster)
            let problems = try await judgeEnd(ended, plan, marks)
            try await atTheEnd(ended)
            if plan.workload.faultsBegin == .afterTheEnd { try await begin(plan, marks, outcome) }
            if let pool = try await clearAway(after: ended, plan.workload, within: patience) { state.add(pool, ended) }
            outcome.withLock { [state] in
                $0.ended = ended
                $0.end = state
                $0.problems += problems
            }
        }
        if plan.workload != .deleteAnyTime { try await deleteIfThere(task, nil) }
        try await cluster.awaitGone(task, within: patience)
        if plan.workload.isKept {
            let problems = try await judgeKept(task, plan)
            outcome.withLock { $0.problems += problems }
        }
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

    private func begin(_ plan: FaultPlan, _ marks: Marks, _ outcome: Locked<Outcome>) async throws {
        let last = try await rig.report(since: marks.request).requests.last?.number
        outcome.withLock { $0.armedAfter = last ?? 0 }
        try await rig.arm(plan.faults)
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
            let left = try await cluster.namespaces(labelledFor: task) + records(of: task)
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

    /// Until the agent of a task waits in a command.
    package func awaitSleep(of task: AIOpsTask, since: Int, within limit: Duration) async throws {
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

    /// Writes down what is seen of the other kinds, where it is about them, beside `meanwhile`.
    private func watch(
        _ plan: FaultPlan, _ pools: Chronicle<WorkerPool>, _ conversations: Chronicle<LLMConversation>,
        _ meanwhile: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await meanwhile() }
            if Workload.ofOtherKinds.contains(plan.workload) {
                group.addTask { try await pools.run(cluster.client) }
                group.addTask { try await conversations.run(cluster.client) }
            }
            // The first hole is told, and not only when all have ended.
            for try await _ in group {}
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
