package import JSON

/// A kind as a typed struct, decoded straight from the server's bytes.
package protocol KubernetesObject: JSONDecodable, JSONEncodable, Sendable {
    static var resourceType: ResourceType { get }
    var metadata: ObjectMeta { get set }
}

extension KubernetesObject {
    package var key: ObjectKey { metadata.key }
}

/// A kind of which only the fields we use are decoded.
///
/// Such an object may be created, patched and deleted, but never replaced: a replace would erase every field that
/// is not modelled. The client's `update` refuses it at compile time.
package protocol PartialObject: KubernetesObject {}

extension JSONWriter {
    /// Opens an object of the API with its kind, version and metadata.
    package mutating func beginKubernetesObject<R: KubernetesObject>(_ object: R) {
        beginObject()
        field("apiVersion", R.resourceType.apiVersion)
        field("kind", R.resourceType.kind)
        field("metadata", object.metadata)
    }
}
