package import JSON

/// An object of any kind, kept whole: manifests, and kinds that have no struct here.
package struct DynamicObject: Sendable, Hashable, JSONDecodable, JSONEncodable {
    package var value: JSONValue

    package init(_ value: JSONValue) { self.value = value }

    package init(from reader: inout JSONReader) throws(JSONError) { value = try reader.value() }

    package func encode(to writer: inout JSONWriter) { writer.value(value) }

    package var apiVersion: String {
        get { value["apiVersion"]?.stringValue ?? "" }
        set { value["apiVersion"] = .string(newValue) }
    }

    package var kind: String {
        get { value["kind"]?.stringValue ?? "" }
        set { value["kind"] = .string(newValue) }
    }

    /// The metadata as a typed value; setting it leaves fields that ``ObjectMeta`` does not model as they were.
    ///
    /// Metadata that is malformed reads as empty, and is then refused by the server for want of a name.
    package var metadata: ObjectMeta {
        get {
            guard let raw = value["metadata"], let meta = try? ObjectMeta(jsonValue: raw) else { return ObjectMeta() }
            return meta
        }
        set {
            var merged = value["metadata"]?.objectValue ?? [:]
            for field in Self.modelledMetadata { merged[field] = nil }
            if case .object(let fields) = newValue.jsonValue() {
                for (field, content) in fields { merged[field] = content }
            }
            value["metadata"] = .object(merged)
        }
    }

    package var key: ObjectKey { metadata.key }

    package func decode<R: KubernetesObject>(_ type: R.Type) throws(JSONError) -> R { try R(jsonValue: value) }

    private static let modelledMetadata = [
        "name", "generateName", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp",
        "deletionTimestamp", "labels", "annotations", "finalizers", "ownerReferences",
    ]
}

extension KubernetesObject {
    /// The object in the form that keeps no type.
    package func dynamic() -> DynamicObject { DynamicObject(jsonValue()) }
}
