import JSON
import KubernetesModel

/// O6: how every write of the operator must look, whatever goes wrong around it.
package struct WriteDiscipline: Sendable {
    private static let managers: Set<String> = ["aiops-operator", "aiops-worker", "deploy"]

    package static func violations(_ journal: [JournalEntry]) -> [String] {
        journal.filter(\.isWrite).flatMap(violations(of:))
    }

    private static func violations(of write: JournalEntry) -> [String] {
        var found: [String] = []
        if write.verb == "delete" {
            if write.body?["preconditions"]?["uid"]?.stringValue?.isEmpty != false {
                found.append("O6: \(write.description) without the uid of what it means")
            }
        } else if let manager = write.fieldManager {
            if !managers.contains(manager) { found.append("O6: \(write.description) as \(manager)") }
        } else {
            found.append("O6: \(write.description) without a field manager")
        }
        // Our own kinds are never written blindly.
        if write.verb == "patch", write.value["group"] == "aiops.dev", !isGuarded(write.body) {
            found.append("O6: \(write.description) without a version or a test: \(write.body?.text ?? "")")
        }
        return found
    }

    /// A merge patch with uid and version, or a JSON patch that tests what it changes.
    private static func isGuarded(_ body: JSONValue?) -> Bool {
        if let operations = body?.arrayValue { return operations.contains { $0["op"] == "test" } }
        let metadata = body?["metadata"]
        return metadata?["uid"]?.stringValue != nil && metadata?["resourceVersion"]?.stringValue != nil
    }

    /// What the server did for the operator without the proxy having seen it; the journal must cover more time.
    package static func pastTheProxy(_ audit: [AuditLog.Entry], journal: [JournalEntry]) -> [String] {
        let seen = Set(journal.compactMap(\.auditID))
        return audit.filter { !seen.contains($0.id) }.map {
            "O6: \($0.verb) \($0.resource) (\($0.status), \($0.id)) went past the proxy"
        }
    }

    /// What the proxy saw succeed and the server does not know of; what came before the log's part is left out.
    package static func unknown(to audit: [AuditLog.Entry], journal: [JournalEntry]) -> [String] {
        let done = Set(audit.map(\.id))
        guard let first = journal.firstIndex(where: { done.contains($0.auditID ?? "") }) else { return [] }
        return journal[first...].filter { $0.isCommitted && !done.contains($0.auditID ?? "") }
            .map { "O6: the audit log does not know \($0.description)" }
    }
}
