import AIOpsAPI
import KubernetesModel
import Primitives
import Scheduling

/// The budget of a pool as its status has it.
///
/// Pure: what is changed here is written by whoever changed it, on top of the version that it was read from.
struct PoolBudget: Sendable {
    var window: BudgetWindow
    private let before: BudgetWindow

    /// Nil for a pool without a budget.
    init?(_ pool: WorkerPool) {
        let effective = pool.spec.effective()
        guard let most = effective.budgetNanos else { return nil }
        let spend = pool.status.spend
        window = BudgetWindow(
            BudgetTerms(most: most, length: .seconds(effective.budgetWindowSeconds)),
            startedAt: spend?.windowStartedAt,
            // What cannot be read was written by somebody else, and frees nothing.
            spent: spend?.cost.map { $0.nanos ?? .max } ?? 0,
            grants: spend?.grants.map(BudgetWindow.Grant.init) ?? [])
        before = window
    }

    /// Grants what the task wants before it starts.
    ///
    /// - Returns: false when it has to wait.
    mutating func grant(_ task: AIOpsTask, now: Timestamp) -> Bool {
        window.grant(task.budgetHolder, task: "\(task.key)", wish: task.budgetWish, now: now)
    }

    /// Ends the grants that nobody else will: of those who were granted and never claimed, and of those who are gone.
    ///
    /// What a task that is gone has spent nobody can tell, so it is all of it; one that is there has its bill, which the task
    /// reconciler reads.
    mutating func tidy(_ books: PoolBooks, now: Timestamp) {
        window.advance(to: now)
        for grant in window.grants {
            guard let (_, card) = books.card(ofUID: grant.holder.uid) else {
                window.settle(grant.holder, charged: nil, now: now)
                continue
            }
            switch card.standing {
            case .waiting: window.takeBack(grant.holder)
            case .apart where card.isQueued: window.takeBack(grant.holder)
            case .apart, .leftBehind, .held, .ended: break
            }
        }
    }

    /// Whether there is more to write than that time has gone on.
    var isChanged: Bool { window.grants != before.grants }

    var spend: WorkerPool.Spend {
        var spend = WorkerPool.Spend()
        spend.cost = DecimalString(nanos: window.spent)
        spend.held = DecimalString(nanos: window.held)
        spend.currency = "USD"
        spend.windowStartedAt = window.startedAt
        spend.grants = window.grants.map { grant in
            var shown = WorkerPool.BudgetGrant()
            shown.taskUID = grant.holder.uid
            shown.attempt = grant.holder.attempt
            shown.task = grant.task
            shown.amount = DecimalString(nanos: grant.amount)
            return shown
        }
        return spend
    }
}

extension BudgetWindow.Grant {
    fileprivate init(_ grant: WorkerPool.BudgetGrant) {
        self.init(
            holder: BudgetWindow.Holder(uid: grant.taskUID, attempt: grant.attempt), task: grant.task ?? "",
            // Somebody's own hand in the status: what cannot be read is taken for all there could be.
            amount: grant.amount?.nanos ?? .max)
    }
}

extension WorkerPool.BudgetGrant {
    /// The task, as far as it is named.
    var taskKey: ObjectKey? {
        let parts = (task ?? "").split(separator: "/", maxSplits: 1)
        return parts.count == 2 ? ObjectKey(namespace: String(parts[0]), name: String(parts[1])) : nil
    }
}

extension AIOpsTask {
    var budgetHolder: BudgetWindow.Holder { BudgetWindow.Holder(uid: metadata.uid, attempt: currentAttempt) }

    /// What it wants of the budget of its pool.
    var budgetWish: BudgetTerms.Wish {
        followedSpec.limits?.maxCost?.nanos.map { .limit($0) } ?? .open
    }

    /// Whether its calls may cost money, as far as that can be told before it runs; in doubt they do.
    func mayCost(in pool: WorkerPool.Spec?, keys: OperatorKeys, now: Timestamp) -> Bool {
        do {
            // As it was admitted, as the run will see it.
            guard let effective = followedSpec.effective(pool: try admittedDefaults() ?? pool) else { return true }
            return try !ModelChoice(effective.model, keys: keys, now: now).isFree
        } catch {
            return true
        }
    }
}
