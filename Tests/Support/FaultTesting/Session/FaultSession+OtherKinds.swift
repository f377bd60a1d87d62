import AIOpsAPI
import ClusterTesting
import Conversations
import JSON
import KubernetesClient
import KubernetesModel
import Lifecycle
import Primitives

/// What users do with pools and conversations, and how what they leave is judged.
extension FaultSession.Running {
    /// The pool of a task that has asked for it in vain.
    func makePool(of task: AIOpsTask, _ workload: Workload, within limit: Duration) async throws {
        let name = task.metadata.name
        try await cluster.await(name, in: namespace, "misses its pool", within: limit) {
            $0.status.conditions.get(.admitted)?.reason == Reason.poolNotFound.rawValue
        }
        try await cluster.createPool(workers: workload == .poolWaiting ? 0 : 1, in: namespace, named: name)
    }

    /// The user's part before the end of the task.
    func interfere(with task: AIOpsTask, _ workload: Workload, within limit: Duration) async throws {
        let name = task.metadata.name
        switch workload {
        case .cancel: try await cancel(task)
        case .pool:
            try await cluster.await(name, in: namespace, "a worker has it", within: limit) { $0.status.claim != nil }
            try await scalePool(of: task, to: 3)
        case .poolWaiting:
            try await cluster.await(name, in: namespace, "waits in its pool", within: limit) {
                $0.status.phase == .queued && !$0.metadata.finalizers.isEmpty
            }
            try await delete(WorkerPool.resourceType, named: name)
            try await cluster.await(name, in: namespace, "misses its pool again", within: limit) {
                $0.status.queue?.reason == Reason.poolNotFound.rawValue
            }
            try await cancel(task)
        case .poolServing: try await delete(WorkerPool.resourceType, named: name)
        case .recordDeleted: try await deleteRecord(of: task)
        default: break
        }
        guard workload.goesOn else { return }
        // Who takes the task over runs the command again, and waits again.
        try await eventually("\(name) has ended", within: limit, every: .milliseconds(100)) {
            try await rig.release()
            let status = try await cluster.client.get(AIOpsTask.self, task.metadata.key).status
            return .holds(status.isFinished, else: "\(status.phase?.rawValue ?? "no phase")")
        }
    }

    /// The user's part between the end of the task and its deletion.
    ///
    /// - Returns: the pool as it was at the last, where it had to shrink.
    func clearAway(
        after task: AIOpsTask, _ workload: Workload, within limit: Duration
    ) async throws -> DynamicObject? {
        if workload == .recordDeletedLate { try await deleteRecord(of: task) }
        guard workload == .pool else { return nil }
        let key = task.metadata.key
        try await scalePool(of: task, to: 0)
        let pool = try await eventually("the pool has no workers", within: limit, every: .milliseconds(50)) {
            let pool = try await cluster.client.getDynamic(WorkerPool.resourceType, key)
            let status = try pool.decode(WorkerPool.self).status
            let isSeen = status.observedGeneration == pool.metadata.generation && status.workers.isEmpty
            return isSeen ? .yes(pool) : .notYet("\(status)")
        }
        try await delete(WorkerPool.resourceType, named: key.name)
        return pool
    }

    /// I3 of a conversation that outlives its task: sealed, whole and nobody's; its user deletes it.
    func judgeKept(_ task: AIOpsTask, _ plan: FaultPlan) async throws -> [String] {
        var found: [String] = []
        let kept = try await cluster.client.list(LLMConversation.self, namespace: namespace).items.filter {
            $0.spec.taskRef.uid == task.metadata.uid
        }
        if kept.count != 1 { found.append("I3: \(kept.count) conversations were kept") }
        for conversation in kept {
            do {
                let totals = try await ConversationOfTask.read(conversation, cluster).totals
                if totals.open != nil { found.append("I2: a reservation is still open") }
                if totals.lostCalls > plan.lostCalls { found.append("I2: \(totals.lostCalls) calls were lost") }
            } catch {
                found.append("I3: kept: \(error)")
            }
            if !conversation.metadata.ownerReferences.isEmpty { found.append("I3: what was kept goes with its owner") }
            try await delete(LLMConversation.resourceType, named: conversation.metadata.name)
        }
        let maps = ListOptions(labels: LabelSelector([Self.recordLabel: "\(task.metadata.uid)-1"]))
        for map in try await cluster.client.list(ConfigMap.self, namespace: namespace, options: maps).items {
            if !map.metadata.ownerReferences.isEmpty { found.append("I3: \(map.metadata.name) goes with its owner") }
            try await delete(.configMaps, named: map.metadata.name)
        }
        return found
    }

    /// What there is of a task's conversation, as `kind name`: the garbage collector takes it, if nobody else does.
    func records(of task: AIOpsTask) async throws -> [String] {
        let labelled = ListOptions(labels: LabelSelector([Self.recordLabel: "\(task.metadata.uid)-1"]))
        let conversations = try await cluster.client.list(LLMConversation.self, namespace: namespace, options: labelled)
        let maps = try await cluster.client.list(ConfigMap.self, namespace: namespace, options: labelled)
        return conversations.items.map { "LLMConversation \($0.metadata.name)" }
            + maps.items.map { "ConfigMap \($0.metadata.name)" }
    }

    private static let recordLabel = "aiops.dev/conversation"

    private func cancel(_ task: AIOpsTask) async throws {
        try await cluster.change(
            AIOpsTask.resourceType, task.metadata.name, in: namespace, spec: ["cancel": "Immediate"])
    }

    private func scalePool(of task: AIOpsTask, to workers: Int64) async throws {
        try await cluster.change(
            WorkerPool.resourceType, task.metadata.name, in: namespace,
            spec: ["workers": ["replicas": .integer(workers)]])
    }

    private func deleteRecord(of task: AIOpsTask) async throws {
        let named = try await cluster.client.get(AIOpsTask.self, task.metadata.key).status.conversations
        for link in named { try await delete(LLMConversation.resourceType, named: link.name) }
    }

    /// What is gone already, as where a garbage collector was quicker, is judged by others.
    private func delete(_ type: ResourceType, named name: String) async throws {
        do throws(KubernetesError) {
            try await cluster.client.delete(type, ObjectKey(namespace: namespace, name: name), DeleteOptions())
        } catch {
            guard error.isNotFound else { throw error }
        }
    }
}
