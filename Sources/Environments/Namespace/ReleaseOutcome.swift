package import Primitives

/// How far the release of an environment has come, by what a listing shows.
package enum ReleaseOutcome: Sendable, Hashable {
    case gone
    /// Deletion is under way; ask again. With each item, what it waits for, if that is known.
    case remaining([Remainder])

    package struct Remainder: Sendable, Hashable {
        package var item: InventoryItem
        package var note: String
        /// When its deletion was asked for.
        package var since: Timestamp?

        package init(item: InventoryItem, note: String, since: Timestamp? = nil) {
            self.item = item
            self.note = note
            self.since = since
        }
    }
}
