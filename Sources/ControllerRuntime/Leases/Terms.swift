internal import Primitives

/// Hands the terms of a process, one after another, to the one who works under them.
///
/// Invariant: a term that was lost before anybody took it is not handed out.
package final class Terms: Sendable {
    private struct State {
        var waiting: LeadershipTerm?
        var current: LeadershipTerm?
        var count = 0
    }

    private let state = Locked(State())
    private let wakeup = Wakeup()

    package init() {}

    package func begin() {
        state.withLock { state in
            state.count += 1
            let term = LeadershipTerm(number: state.count)
            (state.current, state.waiting) = (term, term)
        }
        wakeup.ring()
    }

    /// - Returns: false when nobody works under the term, and so nobody will say that the work has ended.
    package func lose() -> Bool {
        let (lost, isTaken) = state.withLock { state in
            defer { (state.current, state.waiting) = (nil, nil) }
            return (state.current?.lost, state.waiting == nil)
        }
        lost?.open()
        return isTaken
    }

    /// Whoever worked under the term has said that it is over.
    package func end() { state.withLock { ($0.current, $0.waiting) = (nil, nil) } }

    /// Whether somebody works under the present term.
    package var isTaken: Bool { state.withLock { $0.current != nil && $0.waiting == nil } }

    /// Whoever is cancelled takes none: nobody would hear of it any more, and so nobody would say that its work has ended.
    package func next() async throws(CancellationError) -> LeadershipTerm {
        while true {
            guard !Task.isCancelled else { throw CancellationError() }
            let term = state.withLock { state in
                defer { state.waiting = nil }
                return state.waiting
            }
            if let term { return term }
            await wakeup.wait()
        }
    }
}
