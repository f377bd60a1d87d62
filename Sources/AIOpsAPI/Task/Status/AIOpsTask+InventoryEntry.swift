package import JSON

extension AIOpsTask {
    /// One thing made for the task.
    package struct InventoryEntry: APIValue {
        package var apiVersion: String = ""
        package var kind: String = ""
        package var namespace: String?
        package var name: String = ""
        package var uid: String?
        package var undo: String?

        package init() {}
    }
}

extension AIOpsTask.InventoryEntry {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "apiVersion": try reader.read(&apiVersion)
            case "kind": try reader.read(&kind)
            case "namespace": try reader.read(&namespace)
            case "name": try reader.read(&name)
            case "uid": try reader.read(&uid)
            case "undo": try reader.read(&undo)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("apiVersion", apiVersion)
        writer.field("kind", kind)
        writer.field("namespace", namespace)
        writer.field("name", name)
        writer.field("uid", uid)
        writer.field("undo", undo)
        writer.endObject()
    }
}

extension AIOpsTask.InventoryEntry: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "One thing made for the task.",
            [
                .required("apiVersion", .text("Its API version.", max: 128, min: 1)),
                .required("kind", .text("Its kind.", max: 63, min: 1)),
                .optional("namespace", .text("Its namespace; absent for cluster-scoped things.", max: 63)),
                .required("name", .text("Its name.", max: 253, min: 1)),
                .optional("uid", .text("Its uid, once it is known.", max: 64)),
                .optional(
                    "undo",
                    .text(
                        """
                        How to undo a change to something shared: JSON, written before it.
                        """, max: 8192)),
            ])
    }
}
