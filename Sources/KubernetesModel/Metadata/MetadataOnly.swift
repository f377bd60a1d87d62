package import JSON

/// An object of some kind of which nothing is wanted but its metadata, as `PartialObjectMetadata` has it.
package struct MetadataOnly<R: KubernetesObject>: PartialObject {
    package static var resourceType: ResourceType { R.resourceType }
    package var metadata: ObjectMeta

    package init(metadata: ObjectMeta) { self.metadata = metadata }

    package init(from reader: inout JSONReader) throws(JSONError) {
        metadata = ObjectMeta()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": metadata = try reader.decode(ObjectMeta.self)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginKubernetesObject(self)
        writer.endObject()
    }
}
