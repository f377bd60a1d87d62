/// Decides which service is asked to stop next; pure.
///
/// Invariants: a service is asked only when every later one has ended; each is asked at most once; the plan is finished
/// when all have ended, whatever made them end. Once `overdue` or a second request came, all are asked at once.
struct ShutdownPlan: Sendable {
    enum Input: Sendable, Hashable {
        /// A signal, or cancellation of the group.
        case stopRequested
        case ended(Int)
        /// The grace period is over.
        case overdue
    }

    enum Effect: Sendable, Hashable {
        case stop(Int)
        case startGracePeriod
        /// These have not ended within the grace period.
        case reportOverdue([Int])
        /// This service ended first, unasked.
        case endedUnasked(Int)
        case finished
    }

    private var isRunning: [Bool]
    private var isAsked: [Bool]
    private(set) var isStopping = false
    private var asksAll = false

    init(count: Int) {
        isRunning = Array(repeating: true, count: count)
        isAsked = Array(repeating: false, count: count)
    }

    mutating func step(_ input: Input) -> [Effect] {
        switch input {
        case .stopRequested:
            asksAll = isStopping
            return begin() + ask()
        case .ended(let index):
            guard isRunning.indices.contains(index), isRunning[index] else { return [] }
            isRunning[index] = false
            let unasked: [Effect] = isStopping ? [] : [.endedUnasked(index)]
            return unasked + begin() + ask()
        case .overdue:
            asksAll = true
            let late = isRunning.indices.filter { isRunning[$0] }
            return (late.isEmpty ? [] : [.reportOverdue(late)]) + ask()
        }
    }

    private mutating func begin() -> [Effect] {
        guard !isStopping else { return [] }
        isStopping = true
        return [.startGracePeriod]
    }

    private mutating func ask() -> [Effect] {
        let running = isRunning.indices.reversed().filter { isRunning[$0] }
        guard !running.isEmpty else { return [.finished] }
        let next = asksAll ? running : Array(running.prefix(1))
        let new = next.filter { !isAsked[$0] }
        for index in new { isAsked[index] = true }
        return new.map { .stop($0) }
    }
}
