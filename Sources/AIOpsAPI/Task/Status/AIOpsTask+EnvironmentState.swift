package import JSON
package import Primitives

extension AIOpsTask {
    /// The environment and all that was made in it.
    package struct EnvironmentState: APIValue {
        package var type: EnvironmentType?
        package var name: String?
        package var sandbox: String?
        package var inventory: [InventoryEntry] = []
        package var retainUntil: Timestamp?
        package var diagnostics: String?

        package init() {}
    }
}

extension AIOpsTask.EnvironmentState {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "type": try reader.read(&type)
            case "name": try reader.read(&name)
            case "sandbox": try reader.read(&sandbox)
            case "inventory": try reader.read(&inventory)
            case "retainUntil": try reader.read(&retainUntil)
            case "diagnostics": try reader.read(&diagnostics)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("type", type)
        writer.field("name", name)
        writer.field("sandbox", sandbox)
        writer.field("inventory", nonEmpty: inventory)
        writer.field("retainUntil", retainUntil)
        writer.field("diagnostics", diagnostics)
        writer.endObject()
    }
}

extension AIOpsTask.EnvironmentState: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "The environment and all that was made in it.",
            [
                .optional("type", .oneOf("What it is.", EnvironmentType.self)),
                .optional("name", .text("Name of the application's namespace or of the cluster.", max: 253)),
                .optional("sandbox", .text("Namespace of the sandbox.", max: 253)),
                .optional(
                    "inventory",
                    .list(
                        """
                        Everything made, written down before; taken off once a listing shows it gone.
                        """, of: AIOpsTask.InventoryEntry.schema, max: 256, kind: .atomic)),
                .optional("retainUntil", .timestamp("Until when it is kept after the end.")),
                .optional(
                    "diagnostics",
                    .text(
                        """
                        ConfigMap with events, pod states and last logs, where kept.
                        """,
                        max: 253)),
            ])
    }
}
