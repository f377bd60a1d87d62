/// How a reconcile ended.
///
/// Exactly one of four, so that nobody has to guess what a combination means.
package enum ReconcileResult: Sendable {
    /// Nothing more to do until something changes.
    case done
    /// Look again after this time even if nothing changes.
    case requeue(after: Duration)
    /// Failed; try again after the key's own backoff, or when the server said (``RetryTimed``), within five minutes.
    case retry(any Error)
    /// Failed in a way that only a change of the object can mend: logged and counted, not tried again.
    case terminal(any Error)
}

/// What a reconciler answers: the writes it wants, in order, what to tell about them, and how it ended.
///
/// The writes are performed for every result, also for failures: a status that tells of an error is a write like any
/// other. When a write fails, the key is retried, whatever the result said.
package struct ReconcileOutcome: Sendable {
    package var intents: [Intent]
    package var result: ReconcileResult
    /// Told once all the writes are done, and not at all when one fails: an Event of what did not come about would stay.
    package var notes: [EventNote]

    package init(_ intents: [Intent] = [], _ result: ReconcileResult = .done, notes: [EventNote] = []) {
        self.intents = intents
        self.result = result
        self.notes = notes
    }
}
