package import AIOpsAPI
import KubernetesModel

/// I3 and I4: what was counted is never counted less, a seal is for ever, and no earlier owner comes back.
extension LLMConversation: Chronicled {
    package var violations: [String] {
        status.complete && status.chunks.isEmpty
            ? ["I3: conversation \(metadata.name) is complete and names nothing"] : []
    }

    package func violations(after old: LLMConversation) -> [String] {
        let name = "conversation \(metadata.name)"
        var found = StampedTwice.complaints(old.status.conditions, status.conditions, name)
        for (what, before, after) in [
            ("observedGeneration", old.status.observedGeneration, status.observedGeneration),
            ("the number of messages", Int64(old.status.totalMessages), Int64(status.totalMessages)),
            ("the number of calls", old.status.usage?.calls ?? 0, status.usage?.calls ?? 0),
            ("the epoch", old.status.head?.epoch ?? 0, status.head?.epoch ?? 0),
            ("the next message", old.status.head?.nextSeq ?? 0, status.head?.nextSeq ?? 0),
        ] where after < before { found.append("I3: \(name): \(what) fell from \(before) to \(after)") }
        if old.status.complete, !status.complete || status.chunks != old.status.chunks {
            found.append("I3: \(name) was sealed and has changed")
        }
        if spec != old.spec { found.append("I3: \(name) has another spec") }
        return found
    }
}
