/// How large one conversation may get.
///
/// Invariant: whatever is below `bytes` can be sealed into at most `segments` segments, each of which fits a ConfigMap. A
/// segment is closed only when the next line does not fit, so all but the last hold more than `Segment.maximumBytes` less
/// the longest line. A seal that is begun again may leave one more that is short, before a message that came in between.
package enum ConversationLimit {
    /// Of all lines together.
    ///
    /// A thousand steps of the longest observations are a quarter of it; beyond it no reader would follow, and etcd has a
    /// few thousand megabytes for everything.
    package static let bytes = 64 << 20
    /// Entries that the index can name.
    package static let segments = 512
    /// Messages that its index can count.
    package static let messages = 1_000_000
    /// Of one line with every bound of ``MessageBounds`` reached and every byte escaped: six bytes for one of `content`, two
    /// for one of the three values, whose text is escaped once already, calls and reasoning as they stand in it, and the names
    /// and figures around them.
    package static let longestLine =
        6 * MessageBounds().content + 3 * 2 * MessageBounds().value + MessageBounds().calls + MessageBounds().reasoning
        + 4096
}
