import JSON

/// O2: what was made and deleted, and how often; the order does not matter.
package struct UpdateSummary: Sendable, Hashable {
    package let counts: [String: Int]

    /// `names` replaces what differs from one task to the next.
    package init(_ journal: [JournalEntry], names: NameMask) {
        var counts: [String: Int] = [:]
        var unanswered: Set<String> = []
        for write in journal where write.isCommitted && ["create", "delete"].contains(write.verb) {
            // Events are sent at most once, not exactly once; what a lost call adds to the log is looked at as a log.
            guard !["events", "leases"].contains(write.resource), !names.isConversationLog(write) else { continue }
            // Pods of a namespace that is deleted already: named by the server, and gone with it anyhow.
            guard write.verb != "delete" || write.resource != "pods" else { continue }
            // A delete that names the uid is asked again where its answer was lost, and can do no more than it did.
            if write.verb == "delete", let uid = write.body?["preconditions"]?["uid"]?.stringValue {
                let isRepeat = unanswered.remove(uid) != nil
                if write.fault?.hasPrefix("reset") == true { unanswered.insert(uid) }
                if isRepeat { continue }
            }
            counts["\(write.verb) \(write.resource) \(names.masked(write.objectName))", default: 0] += 1
        }
        self.counts = counts
    }

    package func differences(from clean: UpdateSummary) -> [String] {
        Set(counts.keys).union(clean.counts.keys).sorted().compactMap { key in
            let (now, then) = (counts[key] ?? 0, clean.counts[key] ?? 0)
            return now == then ? nil : "O2: \(key): \(now) instead of \(then)"
        }
    }
}
