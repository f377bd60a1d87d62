internal import Primitives

/// The jobs that may run now.
///
/// Invariant: `head` is 0 whenever chance picks, so that every job kept is one that may be picked.
struct ReadyJobs {
    private var jobs: [UnownedJob] = []
    private var head = 0

    mutating func append(_ job: UnownedJob) { jobs.append(job) }

    /// The oldest, or with a generator any of them.
    mutating func popNext(_ random: inout SeededGenerator?) -> UnownedJob? {
        guard head < jobs.count else {
            jobs.removeAll(keepingCapacity: true)
            head = 0
            return nil
        }
        guard random != nil else {
            defer { head += 1 }
            return jobs[head]
        }
        if jobs.count > 1, let pick = random?.next() {
            // The bias of the remainder is far below what a schedule could notice.
            jobs.swapAt(Int(pick % UInt64(jobs.count)), jobs.count - 1)
        }
        return jobs.popLast()
    }
}
