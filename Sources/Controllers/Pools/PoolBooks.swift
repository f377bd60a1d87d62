package import AIOpsAPI
package import KubernetesModel
import Scheduling

/// What the tasks of all pools come to: who waits where, which worker holds what, and how the rest ended.
///
/// A change of one task costs the logarithm of the line it stands in, however many others there are.
///
/// Invariants: a task is on exactly one page, that of its home; what the pages and the workers' lists hold is what the
/// cards of the tasks say, so that books kept for a while equal books made anew from the same tasks; a claim is assumed
/// until another version of its task is seen, or the task is gone.
package struct PoolBooks: Sendable {
    /// What is known of one task.
    struct Card: Sendable, Hashable {
        var uid: String
        var version: String
        var home: ObjectKey
        var isQueued: Bool
        /// Its calls may cost money of a budget.
        var pays: Bool
        /// It counts among the environments of its pool.
        var hasEnvironment: Bool
        var standing: TaskStanding
    }

    /// What is known of one pool.
    struct Page: Sendable {
        var waiting: WaitingLine
        /// Those who wait for money of the pool's budget as well, in a line of their own: where it is used up, the others
        /// go on.
        var paying: WaitingLine
        /// Goes before everything that has not begun.
        var leftBehind = WaitingLine(ageing: .zero)
        /// In the queue, those included that may not start yet.
        var queued = 0
        var held = 0
        /// Environments that its tasks have, or are about to have.
        var environments = 0
        var tasks = 0
        /// Whose turn it is among the workers.
        var turn = 0

        init(ageing: Duration) {
            waiting = WaitingLine(ageing: ageing)
            paying = WaitingLine(ageing: ageing)
        }
    }

    /// A claim that the store may not show yet.
    struct Assumed: Sendable {
        var pool: ObjectKey
        var grant: PoolPlanner.Grant
        /// The answer was lost, and with it whether the claim was made.
        var isUncertain = false
    }

    struct Tally: Sendable, Hashable {
        var succeeded = 0
        var failed = 0
    }

    let names: WorkerNames
    /// Most tasks that the workers of this process hold at once, those of all pools.
    private let capacity: Int
    private var heldHere = 0
    private(set) var cards: [ObjectKey: Card] = [:]
    private(set) var pages: [ObjectKey: Page] = [:]
    /// By worker: its tasks as namespace/name, by their uids.
    private(set) var held: [String: [String: String]] = [:]
    /// By worker of this process: how those tasks ended that are still there.
    private(set) var ended: [String: Tally] = [:]
    /// By task uid.
    private(set) var assumed: [String: Assumed] = [:]
    private var keys: [String: ObjectKey] = [:]
    private var joining = JoiningTasks()

    package init(names: WorkerNames, capacity: Int = WorkerPool.Workers.most) {
        self.names = names
        self.capacity = capacity
    }

    /// How many tasks more this process may hold: a claim beyond it would wait with its time limit running.
    var room: Int { max(0, capacity - heldHere) }

    /// Takes note of a task as it is now, or that it is gone; `home` is the pool it belongs to, and `pays` says whether that
    /// has a budget which the task may need.
    package mutating func see(_ key: ObjectKey, _ task: AIOpsTask?, home: PoolReference.Home?, pays: Bool = false) {
        let old = cards.removeValue(forKey: key)
        // Not before the task is back: an emptied page forgets whose turn it was.
        defer { if let old, pages[old.home]?.tasks == 0 { pages[old.home] = nil } }
        if let old {
            turn(old, key, isAdded: false)
            if old.uid != task?.metadata.uid {
                keys[old.uid] = nil
                assumed[old.uid] = nil
                joining.remove(old.uid)
            }
        }
        guard let task, let home else { return }
        let uid = task.metadata.uid
        // A claim is written against one version: whatever comes after that version shows what became of it.
        if let known = assumed[uid], known.grant.task.metadata.resourceVersion != task.metadata.resourceVersion {
            assumed[uid] = nil
        }
        keys[uid] = key
        let standing = TaskStanding(task, assumed: assumed[uid]?.grant.claim, pool: home.pool, names: names)
        // In line, or not to be: a queued task without its finalizer is still on its way.
        if standing != .apart || task.status.isFinished { joining.remove(uid) }
        let card = Card(
            uid: uid, version: task.metadata.resourceVersion, home: home.key, isQueued: task.status.phase == .queued,
            pays: pays, hasEnvironment: assumed[uid] != nil || task.mayHaveEnvironment, standing: standing)
        if pages[home.key] == nil { pages[home.key] = Page(ageing: home.ageing) }
        cards[key] = card
        turn(card, key, isAdded: true)
    }

    /// Counts a claim before it is written: the answer may be lost although the write was made.
    mutating func assume(_ grant: PoolPlanner.Grant, pool: ObjectKey) {
        let uid = grant.task.metadata.uid
        assumed[uid] = Assumed(pool: pool, grant: grant)
        guard let key = keys[uid], var card = cards[key] else { return }
        turn(card, key, isAdded: false)
        card.standing = .held(by: grant.claim.worker)
        card.hasEnvironment = true
        cards[key] = card
        turn(card, key, isAdded: true)
    }

    /// The claim was certainly not made; the task is to be seen again.
    mutating func takeBack(_ uid: String) -> ObjectKey? {
        assumed[uid] = nil
        return keys[uid]
    }

    mutating func doubt(_ uid: String, _ isUncertain: Bool) { assumed[uid]?.isUncertain = isUncertain }

    /// Claims of a pool whose fate is unknown.
    func uncertain(in pool: ObjectKey) -> [PoolPlanner.Grant] {
        assumed.values.filter { $0.pool == pool && $0.isUncertain }.map(\.grant)
            .sorted { $0.task.key < $1.task.key }
    }

    mutating func takeLeftBehind(_ pool: ObjectKey, now: Duration) -> QueuedEntry? {
        pages[pool]?.leftBehind.take(now: now)
    }

    /// The next of those who wait, and whether it pays; those who pay are left out where there is nothing to pay with.
    ///
    /// Of the heads of the two lines the one that has come further goes first, then the one whose namespace has had its turn
    /// longer ago, whichever line that was in, then the one that has waited longer.
    mutating func nextWaiting(
        _ pool: ObjectKey, orPaying: Bool, now: Duration
    ) -> (entry: QueuedEntry, pays: Bool)? {
        let free = pages[pool]?.waiting.first(now: now)
        let paying = orPaying ? nextPaying(pool, now: now) : nil
        guard let paying else { return free.map { ($0, false) } }
        guard let free, let page = pages[pool] else { return (paying, true) }
        func rank(_ entry: QueuedEntry) -> (Int, Int, Duration, String) {
            let turn = max(page.waiting.lastTurn(of: entry.namespace), page.paying.lastTurn(of: entry.namespace))
            return (-page.waiting.effectivePriority(of: entry, now: now), turn, entry.since, entry.key)
        }
        return rank(free) < rank(paying) ? (free, false) : (paying, true)
    }

    mutating func nextPaying(_ pool: ObjectKey, now: Duration) -> QueuedEntry? {
        pages[pool]?.paying.first(now: now)
    }

    /// Takes out what `nextWaiting` has shown: the turn counts in both lines.
    mutating func takeWaiting(_ pool: ObjectKey, pays: Bool, now: Duration) {
        if pays {
            if let taken = pages[pool]?.paying.take(now: now) { pages[pool]?.waiting.note(turnOf: taken.namespace) }
        } else {
            if let taken = pages[pool]?.waiting.take(now: now) { pages[pool]?.paying.note(turnOf: taken.namespace) }
        }
    }

    /// The worker for the next task of a pool.
    mutating func takeWorker(_ pool: ObjectKey, _ slots: inout WorkerSlots, _ balancing: Balancing) -> String? {
        guard balancing == .roundRobin, var turn = pages[pool]?.turn else { return slots.takeLeastLoaded() }
        defer { pages[pool]?.turn = turn }
        return slots.takeNext(&turn)
    }

    /// Whether anybody would be taken next: of those left behind, or of those who wait as well.
    func hasNext(_ pool: ObjectKey, orWaiting: Bool, orPaying: Bool) -> Bool {
        guard let page = pages[pool] else { return false }
        return page.leftBehind.count > 0 || orWaiting && page.waiting.count > 0 || orPaying && page.paying.count > 0
    }

    /// Whether anybody waits who has not begun.
    func isWaitedFor(_ pool: ObjectKey) -> Bool {
        pages[pool].map { $0.waiting.count > 0 || $0.paying.count > 0 } ?? false
    }

    /// Environments of a pool's tasks: of those claimed, also where the claim is not shown yet, until they have been cleaned up.
    func environments(of pool: ObjectKey) -> Int { pages[pool]?.environments ?? 0 }

    func waitingByPriority(_ pool: ObjectKey) -> [Int: Int] {
        guard let page = pages[pool] else { return [:] }
        return page.waiting.counts.merging(page.paying.counts, uniquingKeysWith: +)
            .merging(page.leftBehind.counts, uniquingKeysWith: +)
    }

    /// The place, 1 first, that a task gets by joining the pool's line now, behind those that are on their way there.
    mutating func join(_ entry: QueuedEntry, _ pool: ObjectKey, pays: Bool = false, now: Duration) -> Int {
        joining.remove(entry.key)
        let ahead = joining.count(in: pool, asking: entry.asked)
        joining.add(entry.key, pool, asking: entry.asked)
        if pays { return ahead + (pages[pool]?.paying.place(ofNew: entry, now: now) ?? 1) }
        return ahead + (pages[pool]?.waiting.place(ofNew: entry, now: now) ?? 1)
    }

    /// Since when the longest-waiting task of a pool waits.
    mutating func oldestSince(_ pool: ObjectKey) -> Duration? {
        [
            pages[pool]?.waiting.oldestSince(), pages[pool]?.paying.oldestSince(),
            pages[pool]?.leftBehind.oldestSince(),
        ].compactMap(\.self).min()
    }

    /// The task whose uid is at the head of a line.
    func card(ofUID uid: String) -> (ObjectKey, Card)? {
        guard let key = keys[uid], let card = cards[key] else { return nil }
        return (key, card)
    }

    /// Brings the line into the order that the pool wants now.
    mutating func order(_ pool: ObjectKey, ageing: Duration) {
        guard let page = pages[pool], page.waiting.ageing != ageing else { return }
        pages[pool]?.waiting = Self.line(of: page.waiting.entries, ageing)
        pages[pool]?.paying = Self.line(of: page.paying.entries, ageing)
    }

    private static func line(of entries: [QueuedEntry], _ ageing: Duration) -> WaitingLine {
        var anew = WaitingLine(ageing: ageing)
        for entry in entries { anew.join(entry) }
        return anew
    }

    private mutating func turn(_ card: Card, _ key: ObjectKey, isAdded: Bool) {
        let step = isAdded ? 1 : -1
        pages[card.home]?.tasks += step
        if card.isQueued { pages[card.home]?.queued += step }
        if card.hasEnvironment { pages[card.home]?.environments += step }
        switch card.standing {
        case .apart: break
        case .waiting(let entry) where card.pays:
            if isAdded { pages[card.home]?.paying.join(entry) } else { pages[card.home]?.paying.leave(card.uid) }
        case .waiting(let entry):
            if isAdded { pages[card.home]?.waiting.join(entry) } else { pages[card.home]?.waiting.leave(card.uid) }
        case .leftBehind(let entry):
            if isAdded {
                pages[card.home]?.leftBehind.join(entry)
            } else {
                pages[card.home]?.leftBehind.leave(card.uid)
            }
        case .held(let worker):
            pages[card.home]?.held += step
            heldHere += step
            held[worker, default: [:]][card.uid] = isAdded ? key.description : nil
            if held[worker]?.isEmpty == true { held[worker] = nil }
        case .ended(let worker, let succeeded):
            var tally = ended[worker] ?? Tally()
            if succeeded { tally.succeeded += step } else { tally.failed += step }
            ended[worker] = tally == Tally() ? nil : tally
        }
    }
}
