package import JSON

/// A ServiceAccount; its secrets are none of our business.
package struct ServiceAccount: PartialObject, Hashable {
    package static let resourceType = ResourceType(
        group: "", version: "v1", kind: "ServiceAccount", plural: "serviceaccounts")

    package var metadata: ObjectMeta
    package var automountServiceAccountToken: Bool?

    package init(metadata: ObjectMeta, automountServiceAccountToken: Bool? = nil) {
        self.metadata = metadata
        self.automountServiceAccountToken = automountServiceAccountToken
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(metadata: ObjectMeta())
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": metadata = try reader.decode(ObjectMeta.self)
            case "automountServiceAccountToken": automountServiceAccountToken = try reader.decodeIfPresent(Bool.self)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginKubernetesObject(self)
        writer.field("automountServiceAccountToken", automountServiceAccountToken)
        writer.endObject()
    }
}
