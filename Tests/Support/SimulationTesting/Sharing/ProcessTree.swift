import Glibc
import Primitives

/// The processes that share the work of `simulate`: copies of one another, made where one run becomes two.
///
/// A simulation is one thread, so a copy of its process is a copy of a running world, with each of its tasks where it
/// stands. Invariants: at most `jobs` of the processes work at a time, since each that runs beside the one that made it
/// holds a token from a pipe; each outlives those it made; one that dies of something else than its own end is told of.
final class ProcessTree: Sendable {
    private struct Child {
        var work: String
        var hasToken: Bool
    }

    private struct State {
        var children: [pid_t: Child] = [:]
        var hasToken = false
        var generation = 0
    }

    private let tokens: (take: Int32, give: Int32)
    /// Hears of the work of a process that died.
    private let died: @Sendable (_ work: String, _ how: String) -> Void
    private let state = Locked(State())

    /// Nil where the system has no pipe for it.
    init?(died: @escaping @Sendable (_ work: String, _ how: String) -> Void) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0, fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 else { return nil }
        tokens = (ends[0], ends[1])
        self.died = died
    }

    /// Does one piece of work for each item beside this process, so many at a time; `ended` hears of each in order.
    func spread<Item>(
        _ items: [Item], jobs: Int, named name: (Item) -> String, ended: (Item) -> Void, _ work: (Item) -> Void
    ) {
        for _ in 0..<max(0, jobs - items.count) { give() }
        var working: [pid_t: Int] = [:]
        var over: Set<Int> = []
        var (next, told) = (0, 0)
        while told < items.count {
            if next < items.count, working.count < jobs {
                guard let child = copy(name(items[next]), withToken: false) else { leave(work, items[next]) }
                working[child] = next
                next += 1
                continue
            }
            guard let child = reap(-1), let item = working.removeValue(forKey: child) else { continue }
            over.insert(item)
            // Its place goes to the next piece, or to whoever of those that still work can use it.
            if next == items.count { give() }
            while over.contains(told) {
                ended(items[told])
                told += 1
            }
        }
    }

    /// How many copies lie between the first process and this one.
    var generation: Int { state.withLock { $0.generation } }

    /// Does a piece of work beside this process if there is a place for it, else here and now.
    func aside(_ name: String, _ work: () -> Void) {
        guard take() else { return work() }
        if copy(name, withToken: true) != nil { return }
        work()
        leave()
    }

    /// Makes a copy of this process; true in the copy, which ends with ``leave()``.
    ///
    /// Where there is no place for it beside this one, this one waits.
    func part(_ name: String) -> Bool {
        let isBeside = take()
        guard let child = copy(name, withToken: isBeside) else { return true }
        if !isBeside { _ = reap(child) }
        return false
    }

    /// The end of a copy, when those it made have ended.
    func leave() -> Never {
        if state.withLock({ $0.hasToken }) { give() }
        while state.withLock({ !$0.children.isEmpty }) { _ = reap(-1) }
        // Nothing is cleared away: the kernel is faster at that.
        _exit(0)
    }

    private func leave<Item>(_ work: (Item) -> Void, _ item: Item) -> Never {
        work(item)
        leave()
    }

    /// Nil in the copy.
    private func copy(_ name: String, withToken: Bool) -> pid_t? {
        let child = fork()
        // Without it nothing that follows would be what was asked for.
        guard child >= 0 else { fatalError("no more processes: \(errno)") }
        state.withLock { state in
            if child == 0 {
                state = State(hasToken: withToken, generation: state.generation + 1)
            } else {
                state.children[child] = Child(work: name, hasToken: withToken)
            }
        }
        return child == 0 ? nil : child
    }

    /// Waits for one of the copies, or for any; gives which it was.
    private func reap(_ which: pid_t) -> pid_t? {
        var status: Int32 = 0
        let found = waitpid(which, &status, 0)
        guard found > 0, let child = state.withLock({ $0.children.removeValue(forKey: found) }) else { return nil }
        if status != 0 {
            if child.hasToken { give() }
            died(child.work, status & 0x7F == 0 ? "with code \(status >> 8)" : "by signal \(status & 0x7F)")
        }
        return found
    }

    private func take() -> Bool {
        var token: UInt8 = 0
        return read(tokens.take, &token, 1) == 1
    }

    private func give() {
        var token: UInt8 = 1
        _ = write(tokens.give, &token, 1)
    }
}
