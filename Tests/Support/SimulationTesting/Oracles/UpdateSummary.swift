import AIOpsAPI
import JSON
import KubernetesModel
import KubernetesTesting

/// O2: how often each object was created and deleted; the order does not matter.
package struct UpdateSummary: Sendable, Hashable {
    package struct Count: Sendable, Hashable {
        package var created = 0
        package var deleted = 0
    }

    package private(set) var counts: [String: Count] = [:]

    mutating func look(at change: InMemoryAPIServer.Change) {
        guard change.old == nil || change.new == nil else { return }
        let name = Self.name(change)
        if change.old == nil { counts[name, default: Count()].created += 1 }
        if change.new == nil { counts[name, default: Count()].deleted += 1 }
    }

    /// Where a conversation is cut into flushes depends on where a process died, and a model that is asked again may
    /// take another way; so flushes are counted together, and only their balance is compared.
    static func name(_ change: InMemoryAPIServer.Change) -> String {
        let name = change.key.name
        let label = (change.new ?? change.old)?["metadata"]?["labels"]?["aiops.dev/conversation"]?.stringValue
        if change.type == .configMaps, let label, !name.contains("-segment-") { return "flushes of \(label)" }
        return "\(change.type) \(change.key)"
    }

    package func differences(from clean: UpdateSummary) -> [Violation] {
        Set(counts.keys).union(clean.counts.keys).sorted().compactMap { name in
            let (mine, its) = (counts[name] ?? Count(), clean.counts[name] ?? Count())
            if name.hasPrefix("flushes") {
                guard mine.created - mine.deleted != its.created - its.deleted else { return nil }
            } else {
                guard mine != its else { return nil }
            }
            return Violation(
                .updateSummary,
                "\(name): created \(mine.created) and deleted \(mine.deleted) times, in the clean run "
                    + "\(its.created) and \(its.deleted)")
        }
    }
}
