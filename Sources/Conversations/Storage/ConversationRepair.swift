/// What is left of a conversation after a crash, from whatever flushes and segments are found.
///
/// Flushes may come in any order, twice, or inside a segment that was sealed while the small ones were not yet deleted.
/// Equal copies are dropped; the usable part ends before the first gap or contradiction.
package struct ConversationRepair: Sendable {
    /// The messages that are whole, from the first on.
    package private(set) var entries: [ChainedMessage] = []
    /// Why the usable part ends where it ends; nothing when all that was found is in it.
    package private(set) var fault: ConversationFault?
    /// First numbers of flushes that hold nothing the others do not hold.
    package private(set) var redundant: [Int] = []

    package init(_ flushes: [Flush], identity: String) {
        let ordered = flushes.filter { !$0.entries.isEmpty }.sorted {
            // Whoever may write ConfigMaps chooses these numbers: they are compared, never reckoned with.
            $0.firstSeq == $1.firstSeq ? $0.lastSeq > $1.lastSeq : $0.firstSeq < $1.firstSeq
        }
        for flush in ordered {
            var added = false
            for entry in flush.entries where fault == nil {
                let seq = entry.message.seq
                if seq >= 1, seq <= entries.count {
                    if entries[seq - 1].hash != entry.hash {
                        fault = ConversationFault(seq: seq, kind: .conflicting)
                    }
                } else if seq == entries.count + 1 {
                    entries.append(entry)
                    added = true
                } else {
                    fault = ConversationFault(seq: entries.count + 1, kind: .missing)
                }
            }
            if !added, fault == nil { redundant.append(flush.firstSeq) }
        }
        if let broken = ConversationRecord.verify(entries, identity: identity) {
            fault = broken
            entries = Array(entries.prefix(max(0, broken.seq - 1)))
        }
    }
}
