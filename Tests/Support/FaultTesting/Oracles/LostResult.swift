import JSON

/// Whether the operator died between the record of what the agent wanted to change and the record of what came of it.
///
/// Nobody can tell then whether the change was made, so the agent is told that and looks once more: it takes more steps than
/// in a clean run, and that is as it should be.
package enum LostResult {
    /// `journal` is that of one task, whose conversation lies in `namespace`.
    package static func isIn(_ journal: [JournalEntry], namespace: String) -> Bool {
        let records = journal.indices.filter { index in
            let entry = journal[index]
            return entry.verb == "create" && entry.resource == "configmaps" && entry.namespace == namespace
                && entry.isCommitted
        }
        for (place, record) in records.enumerated() where announcesAChange(journal[record]) {
            let next = place + 1 < records.count ? records[place + 1] : journal.endIndex
            if journal[record..<next].contains(where: { $0.fault?.hasPrefix("kill") == true }) { return true }
        }
        return false
    }

    /// The last message is the agent's, and asks for a command that changes something.
    private static func announcesAChange(_ record: JournalEntry) -> Bool {
        let text = record.body?["data"]?["messages.jsonl"]?.stringValue ?? ""
        guard let last = text.split(separator: "\n").last,
            let message = try? JSONValue(parsing: Array(last.utf8))
        else { return false }
        return message["role"] == "assistant" && message["content"]?.stringValue?.contains("kubectl patch") == true
    }
}
