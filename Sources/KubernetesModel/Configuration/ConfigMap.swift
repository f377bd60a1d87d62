package import JSON
import Primitives

/// A ConfigMap, whole: it may be replaced.
package struct ConfigMap: KubernetesObject, Hashable {
    package static let resourceType = ResourceType(group: "", version: "v1", kind: "ConfigMap", plural: "configmaps")

    package var metadata: ObjectMeta
    package var data: [String: String]
    package var binaryData: [String: [UInt8]]
    /// Once true, the server refuses every change of the data, and of this field.
    package var immutable: Bool?

    package init(
        metadata: ObjectMeta, data: [String: String] = [:], binaryData: [String: [UInt8]] = [:],
        immutable: Bool? = nil
    ) {
        self.metadata = metadata
        self.data = data
        self.binaryData = binaryData
        self.immutable = immutable
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(metadata: ObjectMeta())
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": metadata = try reader.decode(ObjectMeta.self)
            case "data": data = try reader.decodeIfPresent([String: String].self) ?? [:]
            case "binaryData": binaryData = try reader.base64MapIfPresent()
            case "immutable": immutable = try reader.decodeIfPresent(Bool.self)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginKubernetesObject(self)
        writer.field("data", data.nonEmpty)
        writer.field("binaryData", binaryData.mapValues(Base64.encode).nonEmpty)
        writer.field("immutable", immutable)
        writer.endObject()
    }
}
