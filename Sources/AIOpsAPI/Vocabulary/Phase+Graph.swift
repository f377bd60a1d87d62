extension Phase {
    /// True when nothing follows.
    package var isTerminal: Bool {
        switch self {
        case .succeeded, .failed, .cancelled: true
        default: false
        }
    }

    /// True while the task holds a worker.
    package var isRunning: Bool {
        switch self {
        case .provisioning, .deploying, .injecting, .running, .evaluating: true
        default: false
        }
    }

    /// The legal moves (invariant I4).
    ///
    /// Staying is legal, except in a phase this version does not know. `startingAttempt` is true when the attempt number
    /// rises with the move; only then may a task that was running go back to the queue. A worker that takes over a
    /// running attempt does not move the phase.
    package func canMove(to next: Phase, startingAttempt: Bool = false) -> Bool {
        guard isKnown, next.isKnown else { return false }
        if self == next { return true }
        if isTerminal { return false }
        if next == .failed || next == .cancelled { return true }
        if startingAttempt, next == .queued { return isRunning || self == .pending }
        return successors.contains(next)
    }

    private var successors: [Phase] {
        switch self {
        case .pending: [.queued]
        // Work without an environment of its own starts running at once.
        case .queued: [.provisioning, .running]
        case .provisioning: [.deploying, .running]
        // A no-fault twin has nothing to inject.
        case .deploying: [.injecting, .running]
        case .injecting: [.running]
        // Work that nothing grades ends without an evaluation.
        case .running: [.evaluating, .succeeded]
        case .evaluating: [.succeeded]
        case .succeeded, .failed, .cancelled, .unknown: []
        }
    }
}
