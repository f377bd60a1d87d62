package import AIOpsAPI
package import ControllerRuntime
import JSON
package import KubernetesClient
package import KubernetesModel
package import Primitives
import Scheduling

/// Changes what the pools' statuses say of their budgets, by compare-and-swap: for the runs, which need more, and for whoever
/// finishes their tasks.
///
/// What a task needs to start is granted along with its claim, by `PoolReconciler`. Invariants: every write carries the
/// version that it was computed from, so of two that would take the same money one begins anew on what the other has left; a
/// write whose answer was lost is looked for before anything is written again.
package struct PoolPurse: Sendable {
    private let pools: Store<WorkerPool>
    private let client: KubernetesClient
    private let time: any TimeSource
    /// Hears of each write, and of the task or pool whose controller shall wait for the cache to show it.
    private let wrote: @Sendable (WrittenObject, ObjectKey) -> Void

    package init(
        pools: Store<WorkerPool>, client: KubernetesClient, time: any TimeSource,
        wrote: @escaping @Sendable (WrittenObject, ObjectKey) -> Void = { _, _ in }
    ) {
        self.pools = pools
        self.client = client
        self.time = time
        self.wrote = wrote
    }

    /// Whether the pool has a budget now; one that is gone has none.
    func hasBudget(_ pool: ObjectKey) -> Bool { pools.get(pool)?.spec.effective().budgetNanos != nil }

    /// Makes sure that the task may have spent `total` in all.
    ///
    /// - Returns: false when the pool has a budget and not that much of it left.
    func cover(_ task: AIOpsTask, in pool: ObjectKey, total: Int64) async throws(KubernetesError) -> Bool {
        let holder = task.budgetHolder
        guard let cached = pools.get(pool), let budget = PoolBudget(cached) else { return true }
        // Nobody makes the grant of a running task smaller, so one that was seen is there.
        if let amount = budget.window.amount(of: holder), amount >= total { return true }
        let (limit, name) = (task.followedSpec.limits?.maxCost?.nanos, "\(task.key)")
        return try await change(pool, from: cached, for: task.key) { window, now in
            window.cover(holder, task: name, total: total, limit: limit, now: now)
        } ?? true
    }

    /// Ends the grant of a task that runs nowhere any more, with what it was charged.
    ///
    /// May be repeated: a grant that is not there was settled.
    ///
    /// One that the server refuses for good stays charged as a whole, until its task is gone.
    func settle(_ task: AIOpsTask, in pool: ObjectKey) async -> Settlement {
        let holder = task.budgetHolder
        guard let cached = pools.get(pool), let budget = PoolBudget(cached), budget.window.amount(of: holder) != nil
        else { return .done }
        do {
            let charged = try await TaskCharges(task, client: client).nanos()
            _ = try await change(pool, from: cached, for: task.key) { window, now in
                window.settle(holder, charged: charged, now: now)
            }
            return .done
        } catch let error as KubernetesError {
            return error.isRetryable || error.isConflict || error.isCancelled ? .later(error) : .refused(error)
        } catch {
            return .later(error)
        }
    }

    enum Settlement {
        case done
        case later(any Error)
        case refused(any Error)
    }

    /// - Returns: what the change answered, or nil where there is no budget any more.
    private func change(
        _ key: ObjectKey, from cached: WorkerPool, for task: ObjectKey,
        _ change: (inout BudgetWindow, Timestamp) -> Bool
    ) async throws(KubernetesError) -> Bool? {
        var pool = cached
        var failures = 0
        while true {
            guard var budget = PoolBudget(pool) else { return nil }
            let answer = change(&budget.window, time.wallNow())
            guard budget.isChanged else { return answer }
            let failure: KubernetesError
            do {
                try await write(budget.spend, to: pool, for: task)
                return answer
            } catch {
                failure = error
            }
            guard failure.isConflict || failure.isRetryable, failures < Self.tries else { throw failure }
            // The first conflict is with what the cache has not shown yet.
            if failures > 0 || !failure.isConflict {
                do { try await time.sleep(for: Patience.wait(failures)) } catch { throw failure }
            }
            failures += 1
            do {
                pool = try await client.get(WorkerPool.self, key)
            } catch {
                if error.isNotFound { return nil }
                guard error.isRetryable else { throw error }
            }
            guard pool.metadata.uid == cached.metadata.uid else { return nil }
        }
    }

    private static let tries = 10

    private func write(
        _ spend: WorkerPool.Spend, to pool: WorkerPool, for task: ObjectKey
    ) async throws(KubernetesError) {
        var status = pool.status
        status.spend = spend
        guard let difference = JSONMergePatch.diff(from: pool.status.jsonValue(), to: status.jsonValue()) else {
            return
        }
        let patch: JSONValue = [
            "metadata": [
                "uid": .string(pool.metadata.uid), "resourceVersion": .string(pool.metadata.resourceVersion),
            ],
            "status": difference,
        ]
        let written = try await client.patch(
            WorkerPool.self, pool.key, .merge(patch), subresource: "status",
            options: WriteOptions(fieldManager: "aiops-operator"))
        let object = WrittenObject(
            type: WorkerPool.resourceType, key: pool.key, uid: written.metadata.uid,
            resourceVersion: written.metadata.resourceVersion)
        wrote(object, pool.key)
        wrote(object, task)
    }
}
