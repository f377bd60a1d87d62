package import JSON

/// A Lease: who holds it, since when and for how long.
package struct Lease: PartialObject, Hashable {
    package static let resourceType = ResourceType(
        group: "coordination.k8s.io", version: "v1", kind: "Lease", plural: "leases")

    package var metadata: ObjectMeta
    package var spec: LeaseSpec

    package init(metadata: ObjectMeta, spec: LeaseSpec = LeaseSpec()) {
        self.metadata = metadata
        self.spec = spec
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(metadata: ObjectMeta())
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": metadata = try reader.decode(ObjectMeta.self)
            case "spec": spec = try reader.decodeIfPresent(LeaseSpec.self) ?? LeaseSpec()
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
