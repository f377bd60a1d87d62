package import AIOpsAPI
package import KubernetesModel
import Primitives

extension AIOpsTask {
    package var key: ObjectKey { ObjectKey(namespace: metadata.namespace ?? "", name: metadata.name) }

    /// The number of the attempt under way, 1 first.
    package var currentAttempt: Int { max(1, status.attempt) }

    /// Name of the LLMConversation of an attempt: readable, and the same for whoever computes it.
    ///
    /// One that outlives its task carries a digest of the uid, so that a later task of the same name has room for its own; so does
    /// one whose task has a name too long to carry the attempt.
    package func conversationName(attempt: Int, retain: ConversationRetention) -> String {
        let plain = "\(metadata.name)-\(attempt)"
        guard retain == .keep || plain.utf8.count > 240 else { return plain }
        return "\(metadata.name.prefix(200))-\(SHA256Digest.of(metadata.uid).hex.prefix(10))-\(attempt)"
    }

    /// The owner reference for what lives and dies with the task in its own namespace.
    package var ownerReference: OwnerReference {
        OwnerReference(
            apiVersion: Self.resourceType.apiVersion, kind: Self.resourceType.kind, name: metadata.name,
            uid: metadata.uid, controller: true, blockOwnerDeletion: nil)
    }
}
