package import JSON
package import Primitives

/// The metadata every object carries, less `managedFields`.
///
/// Those can be more than half of an object and nothing here reads them; they are dropped while decoding, and a
/// write that leaves them out leaves them as they are on the server.
package struct ObjectMeta: Sendable, Hashable, JSONDecodable, JSONEncodable {
    package var name = ""
    package var generateName: String?
    /// Nil for cluster-scoped objects.
    package var namespace: String?
    package var uid = ""
    /// Empty before the server has seen the object; compared only by ``ResourceVersion``.
    package var resourceVersion = ""
    package var generation: Int64 = 0
    package var creationTimestamp: Timestamp?
    package var deletionTimestamp: Timestamp?
    package var labels: [String: String] = [:]
    package var annotations: [String: String] = [:]
    package var finalizers: [String] = []
    package var ownerReferences: [OwnerReference] = []

    package init(
        name: String = "", namespace: String? = nil, labels: [String: String] = [:],
        annotations: [String: String] = [:], finalizers: [String] = [], ownerReferences: [OwnerReference] = []
    ) {
        self.name = name
        self.namespace = namespace
        self.labels = labels
        self.annotations = annotations
        self.finalizers = finalizers
        self.ownerReferences = ownerReferences
    }

    package var key: ObjectKey { ObjectKey(namespace: namespace ?? "", name: name) }

    /// True once somebody asked for the deletion; the object stays until its last finalizer is gone.
    package var isBeingDeleted: Bool { deletionTimestamp != nil }

    /// The owner that manages this object, of which there is at most one.
    package var controllerOwner: OwnerReference? { ownerReferences.first { $0.controller == true } }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "name": name = try reader.decodeIfPresent(String.self) ?? ""
            case "generateName": generateName = try reader.decodeIfPresent(String.self)
            case "namespace": namespace = try reader.decodeIfPresent(String.self)
            case "uid": uid = try reader.decodeIfPresent(String.self) ?? ""
            case "resourceVersion": resourceVersion = try reader.decodeIfPresent(String.self) ?? ""
            case "generation": generation = try reader.decodeIfPresent(Int64.self) ?? 0
            case "creationTimestamp": creationTimestamp = try reader.timestampIfPresent()
            case "deletionTimestamp": deletionTimestamp = try reader.timestampIfPresent()
            case "labels": labels = try reader.decodeIfPresent([String: String].self) ?? [:]
            case "annotations": annotations = try reader.decodeIfPresent([String: String].self) ?? [:]
            case "finalizers": finalizers = try reader.decodeIfPresent([String].self) ?? []
            case "ownerReferences": ownerReferences = try reader.decodeIfPresent([OwnerReference].self) ?? []
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("name", name.nonEmpty)
        writer.field("generateName", generateName)
        writer.field("namespace", namespace?.nonEmpty)
        writer.field("uid", uid.nonEmpty)
        writer.field("resourceVersion", resourceVersion.nonEmpty)
        writer.field("generation", generation == 0 ? nil : generation)
        writer.field("creationTimestamp", creationTimestamp?.rfc3339)
        writer.field("deletionTimestamp", deletionTimestamp?.rfc3339)
        writer.field("labels", labels.nonEmpty)
        writer.field("annotations", annotations.nonEmpty)
        writer.field("finalizers", finalizers.nonEmpty)
        writer.field("ownerReferences", ownerReferences.nonEmpty)
        writer.endObject()
    }
}
