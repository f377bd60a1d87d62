internal import Primitives

/// The time limit of reconciles, without a timer and two tasks for each of them: workers say when a run begins and ends,
/// and one sleeper looks for the oldest.
///
/// Invariants
/// - a run is stopped at most once, and only while it is the one its worker is at: what is stopped is decided under the
///   same lock under which it ends;
/// - a worker whose run was stopped begins no other before it has been told.
package final class RunTimes: Sendable {
    private struct Worker {
        var since: Duration?
        var isStopped = false
        var stop = Latch()
    }

    private let workers: Locked<[Worker]>
    private let limit: Duration

    package init(workers count: Int, limit: Duration) {
        workers = Locked((0..<count).map { _ in Worker() })
        self.limit = limit
    }

    /// Opens when the worker's present run has taken too long.
    package func stopSign(of worker: Int) -> Latch {
        workers.withLock { workers in
            workers[worker] = Worker()
            return workers[worker].stop
        }
    }

    package func begin(_ worker: Int, now: Duration) { workers.withLock { $0[worker].since = now } }

    /// True when the run was stopped.
    package func end(_ worker: Int) -> Bool {
        workers.withLock { workers in
            workers[worker].since = nil
            return workers[worker].isStopped
        }
    }

    /// Stops what has run for too long, and says how long nothing else will have.
    package func stopOverdue(now: Duration) -> Duration {
        let (signs, next) = workers.withLock { workers -> ([Latch], Duration) in
            var signs: [Latch] = []
            // A run that begins right after this look is over its limit no sooner.
            var next = limit
            for index in workers.indices {
                guard let since = workers[index].since, !workers[index].isStopped else { continue }
                let left = since + limit - now
                if left <= .zero {
                    workers[index].isStopped = true
                    signs.append(workers[index].stop)
                } else {
                    next = min(next, left)
                }
            }
            return (signs, next)
        }
        for sign in signs { sign.open() }
        return next
    }
}
