/// How urgent a key is: higher goes first, and the gaps leave room between.
package struct QueuePriority: Sendable, Hashable, Comparable {
    package var value: Int16

    package init(_ value: Int16) { self.value = value }

    /// Something changed just now.
    package static let live = QueuePriority(0)
    /// Known from the first list or from a periodic look; must not stand before what changed just now.
    package static let initial = QueuePriority(-100)

    package static func < (left: QueuePriority, right: QueuePriority) -> Bool { left.value < right.value }
}
