package import Primitives

/// The money that the tasks of one pool share for a stretch of time: what was spent in it, and what is promised to whom.
///
/// A task spends only what it was granted, so a grant stands for all that its holder may have spent, in whichever window:
/// how much that was is said once, when it is settled. Amounts are billionths of a dollar.
///
/// Invariants: a grant is made, or made larger, only while what is spent and all that is granted stay within the budget; a
/// grant outlives the window in which it was made; it ends once, and what it is settled with is spent in the window of
/// that moment; nothing else is ever taken off. So what is really spent within a window never passes its budget.
package struct BudgetWindow: Sendable, Hashable {
    /// Whose money it is: one attempt of one task.
    package struct Holder: Sendable, Hashable {
        package var uid: String
        package var attempt: Int

        package init(uid: String, attempt: Int) {
            self.uid = uid
            self.attempt = attempt
        }
    }

    package struct Grant: Sendable, Hashable {
        package var holder: Holder
        /// The task as people know it.
        package var task: String
        package var amount: Int64

        package init(holder: Holder, task: String, amount: Int64) {
            self.holder = holder
            self.task = task
            self.amount = amount
        }
    }

    package let terms: BudgetTerms
    /// Nil until the first grant.
    package private(set) var startedAt: Timestamp?
    package private(set) var spent: Int64
    package private(set) var grants: [Grant]

    /// As many as there may be of running tasks.
    package static let mostGrants = 1_000

    /// What is known of a window; the clock may have gone on since.
    package init(_ terms: BudgetTerms, startedAt: Timestamp? = nil, spent: Int64 = 0, grants: [Grant] = []) {
        self.terms = terms
        self.startedAt = startedAt
        self.spent = max(0, spent)
        self.grants = grants
    }

    package var held: Int64 { grants.reduce(0) { $0.saturatingAdd($1.amount) } }

    /// What may still be granted.
    package var free: Int64 { max(0, terms.most - min(terms.most, spent.saturatingAdd(held))) }

    /// When the next window begins; nil before the first grant.
    package var endsAt: Timestamp? { startedAt.map { $0 + terms.length } }

    package func amount(of holder: Holder) -> Int64? { grants.first { $0.holder == holder }?.amount }

    /// Begins the window in which `now` lies, if it is another: what is held goes along, what was spent stays behind.
    ///
    /// A clock that goes back changes nothing.
    package mutating func advance(to now: Timestamp) {
        guard let start = startedAt else {
            startedAt = Timestamp(seconds: now.wholeSeconds)
            return
        }
        let windows = (now - start).wholeSeconds / terms.length.wholeSeconds
        guard windows >= 1 else { return }
        startedAt = start + .seconds(terms.length.wholeSeconds * windows)
        spent = 0
    }

    /// Promises a task that is to start what it may spend; one that has its grant keeps it as it is.
    ///
    /// - Returns: false when it has to wait for more money.
    package mutating func grant(_ holder: Holder, task: String, wish: BudgetTerms.Wish, now: Timestamp) -> Bool {
        advance(to: now)
        if amount(of: holder) != nil { return true }
        let amount = terms.amount(wish)
        guard amount <= free, grants.count < Self.mostGrants else { return false }
        grants.append(Grant(holder: holder, task: task, amount: amount))
        return true
    }

    /// Makes sure that a running task may have spent `total` in all, with a piece more where there is one, and never more
    /// than its own limit.
    ///
    /// - Returns: false, and nothing changed, when that much is not there.
    package mutating func cover(
        _ holder: Holder, task: String, total: Int64, limit: Int64?, now: Timestamp
    ) -> Bool {
        if let amount = amount(of: holder), amount >= total { return true }
        advance(to: now)
        let has = amount(of: holder) ?? 0
        let needed = total - has
        guard needed <= free, has > 0 || grants.count < Self.mostGrants else { return false }
        let roomy = min(max(needed, terms.piece), max(needed, (limit ?? .max) - has))
        put(Grant(holder: holder, task: task, amount: has.saturatingAdd(min(roomy, free))))
        return true
    }

    /// Ends a grant with what its holder was charged; nil when nobody knows, which is as much as it may have been.
    ///
    /// - Returns: false when there is none: it was settled before, or never made.
    @discardableResult
    package mutating func settle(_ holder: Holder, charged: Int64?, now: Timestamp) -> Bool {
        guard let index = grants.firstIndex(where: { $0.holder == holder }) else { return false }
        advance(to: now)
        let grant = grants.remove(at: index)
        spent = spent.saturatingAdd(max(0, charged ?? grant.amount))
        return true
    }

    /// Takes back the grant of a task that never began.
    @discardableResult
    package mutating func takeBack(_ holder: Holder) -> Bool {
        guard let index = grants.firstIndex(where: { $0.holder == holder }) else { return false }
        grants.remove(at: index)
        return true
    }

    private mutating func put(_ grant: Grant) {
        if let index = grants.firstIndex(where: { $0.holder == grant.holder }) {
            grants[index] = grant
        } else {
            grants.append(grant)
        }
    }
}
