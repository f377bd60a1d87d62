import KubernetesModel
import Scheduling

/// Tasks that have been told their place in a pool's line and do not stand in it yet, since what makes them is still being
/// written: of ten tasks applied at once, nine would else be told the same place.
///
/// Invariant: `counts` holds how many of `tasks` ask for each priority of each pool.
struct JoiningTasks: Sendable {
    private struct Wish: Sendable, Hashable {
        var pool: ObjectKey
        var priority: Int
    }

    private var tasks: [String: Wish] = [:]
    private var counts: [Wish: Int] = [:]

    mutating func add(_ uid: String, _ pool: ObjectKey, asking priority: Int) {
        remove(uid)
        let wish = Wish(pool: pool, priority: priority)
        tasks[uid] = wish
        counts[wish, default: 0] += 1
    }

    mutating func remove(_ uid: String) {
        guard let wish = tasks.removeValue(forKey: uid), let count = counts[wish] else { return }
        counts[wish] = count > 1 ? count - 1 : nil
    }

    /// How many will stand before one of that priority, turns of namespaces left out.
    func count(in pool: ObjectKey, asking priority: Int) -> Int {
        (priority...max(priority, QueuedEntry.priorities.upperBound)).reduce(0) {
            $0 + counts[Wish(pool: pool, priority: $1), default: 0]
        }
    }
}
