import Primitives
import Scheduling
import Testing

@Suite struct BudgetWindowTests {
    private static let start = Timestamp(seconds: 1_800_000_000)
    private static let terms = BudgetTerms(most: 100, length: .seconds(60))
    private let a = BudgetWindow.Holder(uid: "a", attempt: 1)
    private let b = BudgetWindow.Holder(uid: "b", attempt: 1)

    private func window(spent: Int64 = 0, grants: [(String, Int64)] = []) -> BudgetWindow {
        BudgetWindow(
            Self.terms, startedAt: Self.start, spent: spent,
            grants: grants.map {
                BudgetWindow.Grant(holder: BudgetWindow.Holder(uid: $0, attempt: 1), task: $0, amount: $1)
            })
    }

    /// What is asked changes the window, which the macro does not allow.
    private func expect(_ isSo: Bool, at location: SourceLocation = #_sourceLocation) {
        #expect(isSo, sourceLocation: location)
    }

    @Test(
        arguments: [
            (.limit(60), 0, 60), (.limit(100), 0, 100), (.limit(101), 0, nil), (.open, 0, 10), (.open, 90, 10),
            (.open, 91, nil), (.limit(0), 100, 0), (.limit(40), 61, nil), (.open, 500, nil),
        ] as [(BudgetTerms.Wish, Int64, Int64?)])
    func aTaskThatIsToStartIsGrantedWhatItWants(wish: BudgetTerms.Wish, spent: Int64, amount: Int64?) {
        var window = window(spent: spent)
        expect(window.grant(a, task: "t", wish: wish, now: Self.start) == (amount != nil))
        #expect(window.amount(of: a) == amount)
    }

    @Test func aGrantIsMadeOnce() {
        var window = window()
        expect(window.grant(a, task: "t", wish: .limit(60), now: Self.start))
        expect(window.grant(a, task: "t", wish: .limit(60), now: Self.start))
        #expect(window.held == 60 && window.free == 40)
        expect(!window.grant(b, task: "u", wish: .limit(60), now: Self.start))
    }

    @Test(
        arguments: [
            // What it has is enough; a piece more; all that is free; no more than its own limit; what it has to have at least.
            (10, 8, nil, 0, 10), (10, 11, nil, 0, 20), (10, 15, nil, 85, 15), (10, 11, 12, 0, 12), (10, 35, 40, 0, 35),
            (10, 35, nil, 0, 35), (0, 5, nil, 0, 10),
        ] as [(Int64, Int64, Int64?, Int64, Int64)])
    func aRunningTaskGetsMore(has: Int64, total: Int64, limit: Int64?, spent: Int64, amount: Int64) {
        var window = window(spent: spent, grants: has > 0 ? [("a", has)] : [])
        expect(window.cover(a, task: "t", total: total, limit: limit, now: Self.start))
        #expect(window.amount(of: a) == amount)
    }

    @Test func whatIsNotThereIsNotGranted() {
        var window = window(spent: 50, grants: [("a", 10), ("b", 30)])
        let before = window
        expect(!window.cover(a, task: "t", total: 21, limit: nil, now: Self.start))
        #expect(window == before)
        expect(window.cover(a, task: "t", total: 20, limit: nil, now: Self.start))
        #expect(window.free == 0)
    }

    /// I2: counted once, however often it is said.
    @Test func anEndIsCountedOnce() {
        var window = window(grants: [("a", 60), ("b", 10)])
        expect(window.settle(a, charged: 25, now: Self.start))
        expect(!window.settle(a, charged: 25, now: Self.start))
        #expect(window.spent == 25 && window.held == 10 && window.free == 65)
    }

    /// Nobody knows what it has spent: all that it was allowed.
    @Test func anEndOfWhichNothingIsKnownCountsInFull() {
        var window = window(grants: [("a", 60)])
        expect(window.settle(a, charged: nil, now: Self.start))
        #expect(window.spent == 60)
    }

    /// What is held may be spent in the next window as well.
    @Test(arguments: [(59, 40, 30), (60, 0, 70), (61, 0, 70), (600, 0, 70), (-5, 40, 30)] as [(Int64, Int64, Int64)])
    func theNextWindowBeginsByTheClockAndKeepsWhatIsHeld(after: Int64, spent: Int64, free: Int64) {
        var window = window(spent: 40, grants: [("a", 30)])
        window.advance(to: Self.start + .seconds(after))
        #expect(window.spent == spent && window.free == free && window.held == 30)
        let begun = window.startedAt.map { ($0 - Self.start).wholeSeconds } ?? -1
        #expect(begun % 60 == 0 && begun <= max(0, after) && after - begun < 60)
    }

    @Test func anEndCountsInTheWindowInWhichItIsTold() {
        var window = window(spent: 40, grants: [("a", 30)])
        expect(window.settle(a, charged: 20, now: Self.start + .seconds(90)))
        #expect(window.spent == 20 && window.startedAt == Self.start + .seconds(60))
    }

    @Test func absurdAmountsSaturate() {
        var window = window(spent: .max, grants: [("a", .max), ("b", .max)])
        #expect(window.held == .max && window.free == 0)
        expect(window.settle(a, charged: nil, now: Self.start))
        #expect(window.spent == .max)
    }

    // MARK: Many at once

    /// Workers that read, decide and write by compare-and-swap, lose answers, die and come back, while windows go by: what is
    /// really spent in a window never passes its budget, and when all is over all of it is free again.
    @Test(arguments: UInt64(1)...60) func noWindowIsEverOverspent(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var world = SharedBudget(Self.start)
        for step in 0..<400 {
            world.step(&random)
            #expect(world.spentInThisWindow <= SharedBudget.most, "step \(step)")
        }
        world.endAll()
        #expect(world.stored.grants.isEmpty)
        world.stored.advance(to: world.now + .seconds(60))
        #expect(world.stored.free == SharedBudget.most)
        #expect(world.paid > 0)
    }
}

/// A budget in a store with versions, and those who spend from it.
private struct SharedBudget {
    static let most: Int64 = 1_000

    private struct Task {
        /// What its worker has seen that it may spend.
        var allowed: Int64 = 0
        var spent: Int64 = 0
        var isOver = false
    }

    private struct View {
        var window: BudgetWindow
        var version: Int
    }

    var now: Timestamp
    var stored: BudgetWindow
    private var version = 0
    private var views: [View]
    private var tasks: [BudgetWindow.Holder: Task] = [:]
    private var order: [BudgetWindow.Holder] = []
    private var windowStart: Timestamp?
    private(set) var spentInThisWindow: Int64 = 0
    private(set) var paid: Int64 = 0

    init(_ start: Timestamp) {
        now = start
        stored = BudgetWindow(BudgetTerms(most: Self.most, length: .seconds(60)))
        views = Array(repeating: View(window: stored, version: 0), count: 3)
    }

    mutating func step(_ random: inout SeededGenerator) {
        let worker = Int.random(in: 0..<views.count, using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0: pass(.seconds(Int64.random(in: 1...40, using: &random)))
        case 1, 2: views[worker] = View(window: stored, version: version)
        case 3, 4: begin(worker, &random)
        case 5: more(worker, &random)
        case 6: end(worker, &random)
        default: spend(&random)
        }
    }

    private mutating func pass(_ time: Duration) {
        now = now + time
        guard let first = stored.startedAt else { return }
        let start = first + .seconds((now - first).wholeSeconds / 60 * 60)
        if start != windowStart { (windowStart, spentInThisWindow) = (start, 0) }
    }

    /// - Returns: whether the worker knows that it was written; where the answer is lost it does not.
    private mutating func swap(_ worker: Int, _ window: BudgetWindow, _ random: inout SeededGenerator) -> Bool {
        guard views[worker].version == version else {
            views[worker] = View(window: stored, version: version)
            return false
        }
        stored = window
        version += 1
        if windowStart == nil { windowStart = stored.startedAt }
        guard Int.random(in: 0..<5, using: &random) > 0 else { return false }
        views[worker] = View(window: stored, version: version)
        return true
    }

    private mutating func begin(_ worker: Int, _ random: inout SeededGenerator) {
        let holder = BudgetWindow.Holder(uid: "t\(order.count)", attempt: 1)
        var window = views[worker].window
        let wish: BudgetTerms.Wish = Bool.random(using: &random) ? .open : .limit(.random(in: 1...600, using: &random))
        guard window.grant(holder, task: "t", wish: wish, now: now) else { return }
        let isKnown = swap(worker, window, &random)
        order.append(holder)
        // Written or not, whoever finishes it comes upon what was written.
        tasks[holder] = Task(allowed: isKnown ? window.amount(of: holder) ?? 0 : 0)
    }

    private mutating func more(_ worker: Int, _ random: inout SeededGenerator) {
        guard let holder = order.randomElement(using: &random), let task = tasks[holder], !task.isOver else { return }
        var window = views[worker].window
        let total = task.spent + .random(in: 1...300, using: &random)
        let before = window
        guard window.cover(holder, task: "t", total: total, limit: nil, now: now) else { return }
        if window.grants == before.grants {
            // As it was seen: nobody takes a grant from under a running task.
            tasks[holder]?.allowed = max(task.allowed, window.amount(of: holder) ?? 0)
        } else if swap(worker, window, &random) {
            tasks[holder]?.allowed = window.amount(of: holder) ?? 0
        }
    }

    private mutating func spend(_ random: inout SeededGenerator) {
        guard let holder = order.randomElement(using: &random), let task = tasks[holder], !task.isOver,
            task.allowed > task.spent
        else { return }
        let amount = Int64.random(in: 1...(task.allowed - task.spent), using: &random)
        tasks[holder]?.spent += amount
        paid += amount
        if windowStart != nil { spentInThisWindow += amount }
    }

    /// By its worker or, after that has died, by another; what it has spent is known by its record or not at all.
    private mutating func end(_ worker: Int, _ random: inout SeededGenerator) {
        guard let holder = order.randomElement(using: &random), let task = tasks[holder] else { return }
        tasks[holder]?.isOver = true
        var window = views[worker].window
        let charged = Bool.random(using: &random) ? task.spent : nil
        guard window.settle(holder, charged: charged, now: now) else { return }
        _ = swap(worker, window, &random)
    }

    mutating func endAll() {
        for holder in order { _ = stored.settle(holder, charged: tasks[holder]?.spent, now: now) }
    }
}
