import AIOpsAPI
import Agent
import KubernetesClient
import KubernetesModel
import LanguageModels

/// What a run may spend of the budget of its pool.
struct PoolAllowance: Allowance {
    private let task: AIOpsTask
    private let pool: ObjectKey
    private let purse: PoolPurse

    init(_ task: AIOpsTask, pool: ObjectKey, purse: PoolPurse) {
        self.task = task
        self.pool = pool
        self.purse = purse
    }

    func cover(_ total: NanoDollars?) async throws(AllowanceError) -> Bool {
        guard purse.hasBudget(pool) else { return true }
        // A budget that came while the task ran, and a model that nobody can price.
        guard let total else { return false }
        if total <= .zero { return true }
        do {
            return try await purse.cover(task, in: pool, total: total.value)
        } catch {
            if error.isCancelled { throw .cancelled }
            throw .unavailable("the budget of WorkerPool \(pool.name) could not be asked", cause: error)
        }
    }
}
