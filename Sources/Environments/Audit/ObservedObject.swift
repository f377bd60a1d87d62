import JSON
package import KubernetesModel
import Primitives

/// What an audit keeps of one object.
package struct ObservedObject: Sendable, Hashable {
    package var kind: String
    package var name: String
    package var uid: String
    /// Another one whenever somebody changed what the object is, labels and annotations included; status does not count.
    package var revision: String
    /// A controller made it for another object, and answers for what becomes of it.
    package var isOwned: Bool

    /// Kinds that have no `generation` and that nobody but people and agents changes.
    private static let unnumbered: Set<String> = ["ConfigMap", "Service"]
    /// What controllers write into the annotations of what they look after.
    private static let ofControllers: Set<String> = ["deployment.kubernetes.io/revision"]

    package init(kind: String, name: String, uid: String, revision: String, isOwned: Bool) {
        self.kind = kind
        self.name = name
        self.uid = uid
        self.revision = revision
        self.isOwned = isOwned
    }

    package init(_ kind: String, _ metadata: ObjectMeta) {
        let notes = metadata.annotations.filter { !Self.ofControllers.contains($0.key) }
        let words =
            (metadata.labels.map { "\($0.key)=\($0.value)" }.sorted() + ["/"])
            + notes.map { "\($0.key)=\($0.value)" }.sorted()
        let number = Self.unnumbered.contains(kind) ? metadata.resourceVersion : String(metadata.generation)
        self.init(
            kind: kind, name: metadata.name, uid: metadata.uid,
            revision: number + "-" + String(SHA256Digest.of(words.joined(separator: "\n")).hex.prefix(8)),
            isOwned: metadata.controllerOwner != nil)
    }

    package var place: String { "\(kind)/\(name)" }

    var json: JSONValue {
        .array([.string(kind), .string(name), .string(uid), .string(revision), .bool(isOwned)])
    }

    init?(json: JSONValue) {
        guard let values = json.arrayValue, values.count == 5, let isOwned = values[4].boolValue else { return nil }
        let texts = values.prefix(4).compactMap(\.stringValue)
        guard texts.count == 4 else { return nil }
        self.init(kind: texts[0], name: texts[1], uid: texts[2], revision: texts[3], isOwned: isOwned)
    }
}
