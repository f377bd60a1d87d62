package import AIOpsAPI
package import KubernetesModel
package import Primitives
import Scheduling

/// Decides which task goes to which worker of one pool, and what the pool's status says.
///
/// Pure but for the books, in which it assumes what it grants.
///
/// Invariants: no worker gets more tasks than it may hold, and the process no more than it may run, counting the claims
/// that are written but not yet seen in the store; a task that another process left behind comes before new ones, since
/// its environment exists; each claim's epoch is one higher than the one before; a task is granted only as it stands in
/// the books; one that may cost money of a budget only along with a grant of it; none begins while the pool has as many
/// environments as it may have.
package struct PoolPlanner: Sendable {
    package struct Grant: Sendable {
        package var task: AIOpsTask
        package var claim: AIOpsTask.Claim
        /// True when the task was running under another owner.
        package var isTakeOver: Bool
    }

    package struct Plan: Sendable {
        package var grants: [Grant] = []
        package var status = WorkerPool.Status()
        /// Tasks that have changed since they were noted; to be noted again.
        package var changed: [ObjectKey] = []
        /// A worker is free, and the process is full: the runs of other pools have to end first.
        package var awaitsRoom = false
        /// The status grants money to some of them: it has to be written before they are claimed.
        package var spends = false
        /// When there will be money again for those who wait for it; nil while nobody does.
        package var awaitsWindow: Timestamp?
    }

    private let pool: WorkerPool
    private let effective: EffectivePool
    private let workers: [String]
    private let circuit: CircuitState
    private let now: Timestamp
    private var clock: Duration { .microseconds(now.microseconds) }

    /// `circuit` is that of the models: all workers of a pool are in this process and share it.
    package init(pool: WorkerPool, names: WorkerNames, circuit: CircuitState = .closed, now: Timestamp) {
        self.circuit = circuit
        self.pool = pool
        self.now = now
        effective = pool.spec.effective()
        workers = names.names(pool: pool.key, replicas: effective.replicas)
    }

    /// Grants what fits; `find` gives the task of that key as the store shows it.
    package func plan(_ books: inout PoolBooks, find: (ObjectKey) -> AIOpsTask?) -> Plan {
        books.order(pool.key, ageing: .seconds(effective.ageingSeconds))
        var plan = Plan()
        let perWorker = max(1, effective.maxTasksPerWorker)
        var slots = WorkerSlots(
            workers.map { WorkerCapacity(name: $0, freeSlots: perWorker - (books.held[$0]?.count ?? 0)) })
        while books.room > 0, !slots.isEmpty, let entry = books.takeLeftBehind(pool.key, now: clock) {
            grant(entry.key, isTakeOver: true, &books, &slots, &plan, find)
        }
        var budget = PoolBudget(pool)
        budget?.tidy(books, now: now)
        grantWaiting(&budget, &books, &slots, &plan, find)
        let isDry = lacksMoney(budget, &books, find)
        plan.awaitsRoom =
            books.room == 0 && !slots.isEmpty
            && books.hasNext(
                pool.key, orWaiting: mayStart(books), orPaying: mayStart(books) && !isDry)
        plan.status = status(&books)
        tell(budget, isDry: isDry, &plan)
        tellOfEnvironments(books, &plan.status)
        return plan
    }

    /// In the order of the lines; behind one for whom there is not enough money, nobody else who needs any: small ones would
    /// keep a large one waiting for ever.
    private func grantWaiting(
        _ budget: inout PoolBudget?, _ books: inout PoolBooks, _ slots: inout WorkerSlots, _ plan: inout Plan,
        _ find: (ObjectKey) -> AIOpsTask?
    ) {
        var isDry = false
        while books.room > 0, mayStart(books), !slots.isEmpty,
            let (entry, pays) = books.nextWaiting(pool.key, orPaying: !isDry, now: clock)
        {
            if pays, var paid = budget, let task = task(entry, books, find) {
                guard paid.grant(task, now: now) else {
                    isDry = true
                    continue
                }
                budget = paid
            }
            books.takeWaiting(pool.key, pays: pays, now: clock)
            grant(entry.key, isTakeOver: false, &books, &slots, &plan, find)
        }
    }

    /// Whether the next who needs money has to wait for it, as far as the budget goes: with no worker free as well, or the
    /// answer would change with each task that ends.
    private func lacksMoney(
        _ budget: PoolBudget?, _ books: inout PoolBooks, _ find: (ObjectKey) -> AIOpsTask?
    ) -> Bool {
        guard var budget, let entry = books.nextPaying(pool.key, now: clock), let task = task(entry, books, find) else {
            return false
        }
        return !budget.grant(task, now: now)
    }

    /// The task of an entry, as it stands in the books.
    private func task(
        _ entry: QueuedEntry, _ books: PoolBooks, _ find: (ObjectKey) -> AIOpsTask?
    ) -> AIOpsTask? {
        guard let (key, card) = books.card(ofUID: entry.key), let task = find(key), task.metadata.uid == entry.key,
            task.metadata.resourceVersion == card.version
        else { return nil }
        return task
    }

    private func tell(_ budget: PoolBudget?, isDry: Bool, _ plan: inout Plan) {
        let generation = pool.metadata.generation
        guard let budget else {
            plan.status.spend = nil
            plan.status.conditions.removeAll { $0.type == ConditionType.budgetExceeded.rawValue }
            return
        }
        if budget.isChanged { plan.status.spend = budget.spend }
        plan.spends = budget.isChanged && !plan.grants.isEmpty
        let most = DecimalString(nanos: effective.budgetNanos ?? 0).dollars
        if isDry {
            plan.awaitsWindow = budget.window.endsAt
            let end = budget.window.endsAt.map { "; the next window begins at \($0.rfc3339)" } ?? ""
            plan.status.mark(
                .budgetExceeded, .true, .budgetExceeded,
                "tasks wait for money: what was spent and what is granted to others leaves too little of the \(most) of "
                    + "spec.budget.maxCost\(end)", generation: generation, now: now)
        } else {
            plan.status.mark(
                .budgetExceeded, .false, .withinBudget, "at most \(most) in \(effective.budgetWindowSeconds) s",
                generation: generation, now: now)
        }
    }

    private func grant(
        _ uid: String, isTakeOver: Bool, _ books: inout PoolBooks, _ slots: inout WorkerSlots, _ plan: inout Plan,
        _ find: (ObjectKey) -> AIOpsTask?
    ) {
        guard let (key, card) = books.card(ofUID: uid) else { return }
        guard let task = find(key), task.metadata.uid == uid, task.metadata.resourceVersion == card.version else {
            plan.changed.append(key)
            return
        }
        guard let worker = books.takeWorker(pool.key, &slots, effective.balancing) else { return }
        var claim = AIOpsTask.Claim()
        claim.worker = worker
        claim.epoch = (task.status.claim?.epoch ?? 0) + 1
        claim.since = now
        let grant = Grant(task: task, claim: claim, isTakeOver: isTakeOver)
        books.assume(grant, pool: pool.key)
        plan.grants.append(grant)
    }

    private func mayStart(_ books: PoolBooks) -> Bool { !isHolding && !lacksEnvironments(books) }

    /// What is claimed goes on all the same: its environment is counted.
    private func lacksEnvironments(_ books: PoolBooks) -> Bool {
        effective.maxEnvironments.map { books.environments(of: pool.key) >= $0 } ?? false
    }

    /// Judged after the grants: where one ends and the next begins, nothing changes.
    private func tellOfEnvironments(_ books: PoolBooks, _ status: inout WorkerPool.Status) {
        guard let most = effective.maxEnvironments else {
            status.conditions.removeAll { $0.type == ConditionType.environmentLimitReached.rawValue }
            return
        }
        let generation = pool.metadata.generation
        if lacksEnvironments(books), books.isWaitedFor(pool.key) {
            status.mark(
                .environmentLimitReached, .true, .environmentLimitReached,
                "tasks wait for an environment: there are as many as spec.environments.maxTotal (\(most)) allows, with those "
                    + "that are retained or not yet taken down", generation: generation, now: now)
        } else {
            status.mark(
                .environmentLimitReached, .false, .withinEnvironmentLimit, "at most \(most) at a time",
                generation: generation, now: now)
        }
    }

    private var isHolding: Bool {
        // Workers of other backends are not ours to fill.
        guard case .internal = effective.backend else { return true }
        return effective.stopPolicy != .run
    }

    private func status(_ books: inout PoolBooks) -> WorkerPool.Status {
        var status = pool.status
        status.observedGeneration = pool.metadata.generation
        status.workers = workers.map { name in
            var worker = WorkerPool.WorkerStatus()
            worker.name = name
            worker.tasks = (books.held[name] ?? [:]).values.sorted()
            worker.state = worker.tasks.isEmpty ? .idle : .busy
            worker.circuit = circuit
            worker.completed = Int64(books.ended[name]?.succeeded ?? 0)
            worker.failed = Int64(books.ended[name]?.failed ?? 0)
            return worker
        }
        status.replicas = workers.count
        status.selector = "aiops.dev/pool=\(pool.metadata.name)"
        status.ready = workers.count
        status.busy = status.workers.count { $0.state == .busy }
        status.idle = status.workers.count { $0.state == .idle }
        status.circuit = circuit
        status.queue = queue(&books)
        status.environments = environments(books)
        return status
    }

    /// Only where there may be too many: elsewhere each task would cost the pool one write more for its clean-up.
    func environments(_ books: PoolBooks) -> WorkerPool.EnvironmentCounts? {
        guard effective.maxEnvironments != nil else { return nil }
        var counts = WorkerPool.EnvironmentCounts()
        counts.inUse = min(books.environments(of: pool.key), WorkerPool.EnvironmentCounts.most)
        return counts
    }

    private func queue(_ books: inout PoolBooks) -> WorkerPool.QueueStatus {
        var queue = WorkerPool.QueueStatus()
        let counts = books.waitingByPriority(pool.key)
        queue.byPriority = counts.sorted { $0.key > $1.key }.map {
            var count = WorkerPool.PriorityCount()
            count.priority = $0.key
            count.count = $0.value
            return count
        }
        queue.total = counts.values.reduce(0, +)
        queue.oldestSeconds = books.oldestSince(pool.key).map { max(0, (clock - $0).wholeSeconds) }
        return queue
    }
}
