package import JSON

/// Whether a namespace lives or is being emptied.
package struct NamespaceStatus: Sendable, Hashable, JSONDecodable, JSONEncodable {
    /// `Active` or `Terminating`.
    package var phase: String
    /// Why a deletion does not get on, among others.
    package var conditions: [Condition]

    package init(phase: String = "", conditions: [Condition] = []) {
        self.phase = phase
        self.conditions = conditions
    }

    package init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "phase": phase = try reader.decodeIfPresent(String.self) ?? ""
            case "conditions": conditions = try reader.decodeIfPresent([Condition].self) ?? []
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("phase", phase.nonEmpty)
        writer.field("conditions", conditions.nonEmpty)
        writer.endObject()
    }
}
