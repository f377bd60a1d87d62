internal import Lifecycle
package import Primitives

/// Lets a cache ask for its first list only when this process knows whether it leads, if that is known soon.
///
/// A list that was asked for before the term shows nothing of what was written in between: the leader would read the version
/// of the kind, wait for a watch to reach it, and most often list again. Two requests about the Lease cost less than that. A
/// standby fills its caches as soon as it sees who leads; a server that says nothing about the Lease is not waited for.
package struct StartingCache: Lifecycle.Service {
    /// The race takes a few milliseconds where nobody holds the Lease.
    package static let patience = Duration.milliseconds(500)

    private let cache: any ManagedCache
    private let starts: [Latch]
    private let time: any TimeSource

    /// Any of the latches is enough.
    package init(_ cache: any ManagedCache, after starts: [Latch], time: any TimeSource) {
        self.cache = cache
        self.starts = starts
        self.time = time
    }

    package var name: String { cache.name }

    package func run() async throws {
        await withDiscardingTaskGroup { group in
            let isKnown = Latch()
            for start in starts {
                group.addTask {
                    do { try await start.wait() } catch { return }
                    isKnown.open()
                }
            }
            await isKnown.wait(atMost: Self.patience, time: time)
            group.cancelAll()
        }
        try await cache.run()
    }
}
