internal import Primitives

/// The root of a tree of tasks on a simulator.
///
/// The one place that starts an unstructured task: the simulation's thread is outside of every task, and must be, since it
/// is the executor.
package final class SimulatedTask: Sendable {
    private let hasEnded = Locked(false)
    private let task: Locked<Task<Void, Never>?>

    init(_ body: @escaping @Sendable () async -> Void, on simulator: Simulator) {
        let hasEnded = hasEnded
        task = Locked(
            Task(executorPreference: simulator) {
                await body()
                hasEnded.withLock { $0 = true }
            })
    }

    package var isOver: Bool { hasEnded.withLock { $0 } }

    package func cancel() { task.withLock { $0 }?.cancel() }
}
