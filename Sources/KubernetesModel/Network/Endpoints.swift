package import JSON

/// The addresses behind a Service, written by the endpoints controller.
package struct Endpoints: PartialObject, Hashable {
    package static let resourceType = ResourceType(
        group: "", version: "v1", kind: "Endpoints", plural: "endpoints")

    package var metadata: ObjectMeta
    package var subsets: [EndpointSubset]

    package init(metadata: ObjectMeta, subsets: [EndpointSubset] = []) {
        self.metadata = metadata
        self.subsets = subsets
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(metadata: ObjectMeta())
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": metadata = try reader.decode(ObjectMeta.self)
            case "subsets": subsets = try reader.decodeIfPresent([EndpointSubset].self) ?? []
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginKubernetesObject(self)
        writer.field("subsets", subsets.nonEmpty)
        writer.endObject()
    }
}
