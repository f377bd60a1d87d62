package import JSON
import Primitives

/// A Secret, whole: it may be replaced.
///
/// Its values stay out of every text made of it: printing, interpolating and dumping show the keys only.
package struct Secret: KubernetesObject, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    package static let resourceType = ResourceType(group: "", version: "v1", kind: "Secret", plural: "secrets")

    package var metadata: ObjectMeta
    package var type: String
    package var data: [String: [UInt8]]
    package var immutable: Bool?

    package init(
        metadata: ObjectMeta, type: String = "Opaque", data: [String: [UInt8]] = [:], immutable: Bool? = nil
    ) {
        self.metadata = metadata
        self.type = type
        self.data = data
        self.immutable = immutable
    }

    /// The value as text; nil when the key is absent or the bytes are not UTF-8.
    package func text(_ key: String) -> String? {
        data[key].flatMap { String(validating: $0, as: UTF8.self) }
    }

    package var description: String {
        "Secret \(key) of type \(type) with keys \(data.keys.sorted().joined(separator: ", "))"
    }

    package var debugDescription: String { description }

    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init(metadata: ObjectMeta())
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": metadata = try reader.decode(ObjectMeta.self)
            case "type": type = try reader.decodeIfPresent(String.self) ?? ""
            case "data": data = try reader.base64MapIfPresent()
            case "immutable": immutable = try reader.decodeIfPresent(Bool.self)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginKubernetesObject(self)
        writer.field("type", type.nonEmpty)
        writer.field("data", data.mapValues(Base64.encode).nonEmpty)
        writer.field("immutable", immutable)
        writer.endObject()
    }
}
