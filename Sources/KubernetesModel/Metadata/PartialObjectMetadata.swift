package import JSON

/// An object of any kind, of which only the metadata was asked for (`meta.k8s.io/v1`).
///
/// `apiVersion` and `kind` are those of this form and not the object's, so they are not kept.
package struct PartialObjectMetadata: Sendable, Hashable, JSONDecodable {
    package var metadata: ObjectMeta

    package init(metadata: ObjectMeta = ObjectMeta()) { self.metadata = metadata }

    package var key: ObjectKey { metadata.key }

    package init(from reader: inout JSONReader) throws(JSONError) {
        metadata = ObjectMeta()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": metadata = try reader.decodeIfPresent(ObjectMeta.self) ?? ObjectMeta()
            default: try reader.skip()
            }
        }
    }
}
