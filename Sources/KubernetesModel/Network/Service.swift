package import JSON

/// A Service: one name and address in front of the pods its selector picks.
package struct Service: PartialObject, Hashable {
    package static let resourceType = ResourceType(
        group: "", version: "v1", kind: "Service", plural: "services")

    package var metadata: ObjectMeta
    package var spec: ServiceSpec

    package init(metadata: ObjectMeta, spec: ServiceSpec = ServiceSpec()) {
        self.metadata = metadata
        self.spec = spec
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(metadata: ObjectMeta())
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": metadata = try reader.decode(ObjectMeta.self)
            case "spec": spec = try reader.decodeIfPresent(ServiceSpec.self) ?? ServiceSpec()
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginKubernetesObject(self)
        writer.field("spec", spec)
        writer.endObject()
    }
}
