package import AIOpsAPI
package import ControllerRuntime
package import KubernetesModel
package import Primitives
import Scheduling

/// The books of all pools, kept up to date from the caches.
///
/// A change only marks its task; what it means is looked up when somebody asks. So it does not matter in which order
/// changes are heard of, and a burst of changes of one task costs one look.
///
/// Made before any controller watches the same stores: a change is then marked before it is reconciled.
package final class PoolLedger: Sendable {
    private let tasks: Store<AIOpsTask>
    private let pools: Store<WorkerPool>
    private let operatorNamespace: String
    private let names: WorkerNames
    private let modelKeys: OperatorKeys
    private let time: any TimeSource
    private let marked = Locked<Set<ObjectKey>>([])
    private let books: Locked<PoolBooks>
    private let looked = Locked(0)

    /// The store of tasks has the index `TaskReconciler.poolIndex`.
    package init(
        tasks: Store<AIOpsTask>, pools: Store<WorkerPool>, operatorNamespace: String, names: WorkerNames,
        modelKeys: OperatorKeys = .none, capacity: Int = WorkerPool.Workers.most, time: any TimeSource
    ) {
        self.tasks = tasks
        self.pools = pools
        self.operatorNamespace = operatorNamespace
        self.names = names
        self.modelKeys = modelKeys
        self.time = time
        books = Locked(PoolBooks(names: names, capacity: capacity))
        tasks.subscribe(for: marked) { [weak marked] change in
            _ = marked?.withLock { $0.insert(change.key) }
        }
        pools.subscribe(for: marked) { [weak marked] change in
            // Who it takes and in which order follows from its spec, and from its being there.
            guard
                change.old?.spec != change.new?.spec
                    || change.old?.metadata.isBeingDeleted != change.new?.metadata.isBeingDeleted
            else { return }
            let asking = tasks.list(index: TaskReconciler.poolIndex, value: change.key.description)
            marked?.withLock { $0.formUnion(asking.map(\.key)) }
        }
    }

    /// How many tasks were looked at so far.
    package var looks: Int { looked.withLock { $0 } }

    /// Tasks in the queue of a pool.
    package func queueLength(of pool: ObjectKey) -> Int {
        withBooks { $0.pages[pool]?.queued ?? 0 }
    }

    /// What the status of a pool says of its environments.
    func environments(of pool: WorkerPool) -> WorkerPool.EnvironmentCounts? {
        withBooks { PoolPlanner(pool: pool, names: names, now: time.wallNow()).environments($0) }
    }

    /// The place in the pool's queue, 1 first, of a task that joins it now.
    package func join(_ task: AIOpsTask, in pool: WorkerPool, now: Timestamp) -> Int {
        withBooks { books in
            let now = Duration.microseconds(now.microseconds)
            var entry = QueuedEntry(task, pool: pool)
            entry.since = now
            return books.join(entry, pool.key, pays: pays(task, pool), now: now)
        }
    }

    /// What the workers of the pool get, and the claims of unknown fate from before.
    func plan(
        _ pool: WorkerPool, circuit: CircuitState = .closed, now: Timestamp
    ) -> (plan: PoolPlanner.Plan, repeats: [PoolPlanner.Grant]) {
        let planner = PoolPlanner(pool: pool, names: names, circuit: circuit, now: now)
        let (plan, repeats) = withBooks { books in
            let repeats = books.uncertain(in: pool.key)
            return (planner.plan(&books, find: { tasks.get($0) }), repeats)
        }
        mark(plan.changed)
        return (plan, repeats)
    }

    /// A worker for each task that a dead process left behind in a pool that is gone, and nothing that has not begun.
    func planWithoutPool(
        _ key: ObjectKey, now: Timestamp
    ) -> (standIn: WorkerPool, plan: PoolPlanner.Plan, repeats: [PoolPlanner.Grant]) {
        let (standIn, plan, repeats) = withBooks { books in
            let repeats = books.uncertain(in: key).filter(\.isTakeOver)
            var spec = WorkerPool.Spec()
            var workers = WorkerPool.Workers()
            workers.replicas = books.pages[key].map { $0.leftBehind.count + $0.held } ?? 0
            spec.workers = workers
            spec.stopPolicy = .hold
            let standIn = WorkerPool(metadata: ObjectMeta(name: key.name, namespace: key.namespace), spec: spec)
            let planner = PoolPlanner(pool: standIn, names: names, now: now)
            return (standIn, planner.plan(&books, find: { tasks.get($0) }), repeats)
        }
        mark(plan.changed)
        return (standIn, plan, repeats)
    }

    /// A claim was certainly not made.
    func takeBack(_ grant: PoolPlanner.Grant) {
        mark([books.withLock { $0.takeBack(grant.task.metadata.uid) }].compactMap(\.self))
    }

    /// Says whether the fate of a claim is unknown.
    func doubt(_ grant: PoolPlanner.Grant, _ isUncertain: Bool) {
        books.withLock { $0.doubt(grant.task.metadata.uid, isUncertain) }
    }

    private func mark(_ keys: [ObjectKey]) {
        if !keys.isEmpty { marked.withLock { $0.formUnion(keys) } }
    }

    /// Looks at what was marked first.
    private func withBooks<Result>(_ body: (inout PoolBooks) -> Result) -> Result {
        books.withLock { books in
            // Under the lock of the books: a look at an older state must not come after one at a newer.
            let keys = marked.withLock { marked in
                defer { marked = [] }
                return marked
            }
            if !keys.isEmpty { looked.withLock { $0 += keys.count } }
            // In order, so that the same changes give the same books: what a set gives first is a matter of chance.
            for key in keys.sorted() {
                let task = tasks.get(key)
                let home = task.map { PoolReference($0, operatorNamespace: operatorNamespace).home(in: pools) }
                let mayPay = task.map { pays($0, home?.pool) } ?? false
                books.see(key, task, home: home, pays: mayPay)
            }
            return body(&books)
        }
    }

    private func pays(_ task: AIOpsTask, _ pool: WorkerPool?) -> Bool {
        guard let pool, pool.spec.effective().budgetNanos != nil, !task.status.isFinished else { return false }
        return task.mayCost(in: pool.spec, keys: modelKeys, now: time.wallNow())
    }
}
