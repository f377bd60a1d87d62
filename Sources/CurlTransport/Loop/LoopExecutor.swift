/// Runs tasks on the thread of the loop, between its turns.
///
/// For tasks that mostly wait for the wire: from the bytes of an event to the request that answers it no other thread has
/// to wake, which takes longer than all the work there is in between, most of all where the processor has gone to sleep.
/// What computes for long does not belong here, since nothing comes in or goes out meanwhile.
///
/// Invariants: jobs run one at a time, in the order they came; no job is lost, for those that come before the loop runs or
/// after it has ended go to the pool; connections are served after `batch` jobs at the latest.
package final class LoopExecutor: TaskExecutor {
    /// Jobs take microseconds; a look at the connections takes one or two.
    static let batch = 64

    private let mailbox: Mailbox

    init(_ mailbox: Mailbox) {
        self.mailbox = mailbox
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if !mailbox.post(job) { globalConcurrentExecutor.enqueue(job) }
    }

    /// Runs what waits, and what that makes ready; by the loop alone.
    func runJobs() {
        var left = Self.batch
        while left > 0 {
            let jobs = mailbox.takeJobs(left)
            guard !jobs.isEmpty else { return }
            for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
            left -= jobs.count
        }
    }

    /// What has come in before the mailbox was closed.
    func handOverJobs() {
        for job in mailbox.takeJobs(.max) { globalConcurrentExecutor.enqueue(job) }
    }
}
