internal import Lifecycle

/// Turns the order to stop into a drain: cancellation reaches every task below at once, and a write under way would be
/// cut.
///
/// Standing behind its targets in a group, it is stopped first and returns when they are empty.
package struct Drain: Lifecycle.Service {
    package let name: String
    private let targets: [any Drainable]
    private let announcement: Latch
    private let never = Latch()

    /// The announcement is opened when the drain begins.
    package init(_ targets: [any Drainable], name: String, announcing announcement: Latch = Latch()) {
        self.name = name
        self.targets = targets
        self.announcement = announcement
    }

    package func run() async throws {
        do {
            try await never.wait()
        } catch {
            announcement.open()
            await withDiscardingTaskGroup { group in
                for target in targets { group.addTask { await target.drain() } }
            }
        }
    }
}
