import ControllerRuntime
import KubernetesModel
import Lifecycle
import LifecycleTesting
import Primitives
import Telemetry
import Testing

/// The barrier in virtual time, its jobs in as many orders as there are seeds.
struct BarrierTests {
    /// A quiet kind in a cluster that has moved on: each list is as of version 20 but the first, and no watch says a word.
    private struct QuietKind: ResourceSource {
        let time: Simulator
        /// The first stream ends then, the others after an hour.
        let streamEnds: Latch
        let lists = Locked(0)

        func list(
            _ basis: ListBasis, each: @escaping @Sendable (ListPiece<Widget>) -> Void
        ) async throws(WatchFailure) -> String {
            version()
        }

        func watch(
            _ start: WatchStart, serverTimeout: Duration, each: @escaping @Sendable (WatchNotice<Widget>) async -> Bool
        ) async throws(WatchFailure) {
            if case .everything = start {
                guard await each(.bookmark(version(), endsInitialEvents: true)) else { return }
            }
            do {
                if streamEnds.isOpen { return try await time.sleep(for: .seconds(3_600)) }
                try await streamEnds.wait()
            } catch {
                return
            }
        }

        func latestVersion() async throws(WatchFailure) -> String { "20" }

        func covers(_ key: ObjectKey) -> Bool { true }

        func get(_ key: ObjectKey) async throws(WatchFailure) -> (object: Widget?, version: String) { (nil, "20") }

        private func version() -> String {
            lists.withLock { lists in
                lists += 1
                return lists == 1 ? "10" : "20"
            }
        }
    }

    /// Opens the latch whenever the barrier's patience is over, with nothing in between.
    private struct EndingTime: TimeSource {
        let simulator: Simulator
        let patience: Duration
        let isOver: Latch

        func wallNow() -> Timestamp { simulator.wallNow() }
        func monotonicNow() -> Duration { simulator.monotonicNow() }

        func sleep(for duration: Duration) async throws(CancellationError) {
            try await simulator.sleep(for: duration)
            if duration == patience { isOver.open() }
        }
    }

    /// Where the stream ends at the moment at which the barrier's patience does, who reads it and who minds it come to their
    /// ends together, and only one of them is heard: the wish for a fresh list was lost with the other, and the barrier stood
    /// until somebody wrote.
    @Test(arguments: [UInt64](0..<64))
    func theWishForAListOutlivesTheStreamThatEndsWithIt(seed: UInt64) async {
        let simulator = Simulator(seed: seed)
        let store = Store<Widget>()
        let patience = Duration.milliseconds(100)
        let streamEnds = Latch()
        let reflector = Reflector(
            store: store, source: QuietKind(time: simulator, streamEnds: streamEnds),
            time: EndingTime(simulator: simulator, patience: patience, isOver: streamEnds), logger: .disabled,
            seed: seed)
        let passed = Locked<Duration?>(nil)
        let work = simulator.start {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await reflector.run() }
                group.addTask {
                    try? await store.waitUntilSynced()
                    try? await reflector.barrier(patience: patience)
                    passed.withLock { $0 = simulator.monotonicNow() }
                    #expect(store.resourceVersion == "20")
                }
            }
        }
        let ending = simulator.run(atMost: .seconds(30)) { passed.withLock { $0 != nil } }
        work.cancel()
        simulator.runReadyJobs()
        #expect(ending == .done, "seed \(seed)")
    }
}
