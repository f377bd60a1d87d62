internal import Primitives

/// What an elector has yet to hear.
///
/// Invariants: bounded, because news replace older ones of their sort (a watch tells states and not steps); an answer is never
/// lost, and there is at most one, because there is at most one request.
final class ElectionInbox: Sendable {
    private struct State {
        var answer: ElectorInput?
        var seen: ElectorInput?
        var watching: ElectorInput?
        var workEnded: ElectorInput?
        var stop: ElectorInput?
        var woken: ElectorInput?

        mutating func take() -> ElectorInput? {
            // A stop is the last thing to be heard of what came at the same time.
            answer.take() ?? watching.take() ?? seen.take() ?? workEnded.take() ?? stop.take() ?? woken.take()
        }
    }

    private let state = Locked(State())
    private let wakeup = Wakeup()

    func post(_ input: ElectorInput) {
        state.withLock { state in
            switch input {
            case .read, .written: state.answer = input
            case .seen, .seenGone: state.seen = input
            case .watching: state.watching = input
            case .workEnded: state.workEnded = input
            case .stop: state.stop = input
            case .start, .woken: state.woken = input
            }
        }
        wakeup.ring()
    }

    /// Nil when the task was cancelled.
    func next() async -> ElectorInput? {
        while !Task.isCancelled {
            if let input = state.withLock({ $0.take() }) { return input }
            await wakeup.wait()
        }
        return nil
    }
}
