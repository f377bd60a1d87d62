package import JSON

/// The scale subresource (`autoscaling/v1`), the same for every kind that has one.
package struct Scale: Sendable, Hashable, JSONDecodable {
    package var metadata = ObjectMeta()
    /// How many are wanted.
    package var replicas: Int64 = 0
    /// How many there are.
    package var currentReplicas: Int64 = 0
    /// Chooses the pods that count, in the query form; empty when the kind does not say.
    package var selector = ""

    package init() {}

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "metadata": metadata = try reader.decodeIfPresent(ObjectMeta.self) ?? ObjectMeta()
            case "spec": if try !reader.nullIfPresent() { try readSpec(&reader) }
            case "status": if try !reader.nullIfPresent() { try readStatus(&reader) }
            default: try reader.skip()
            }
        }
    }

    private mutating func readSpec(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "replicas": replicas = try reader.decodeIfPresent(Int64.self) ?? 0
            default: try reader.skip()
            }
        }
    }

    private mutating func readStatus(_ reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "replicas": currentReplicas = try reader.decodeIfPresent(Int64.self) ?? 0
            case "selector": selector = try reader.decodeIfPresent(String.self) ?? ""
            default: try reader.skip()
            }
        }
    }
}
