package import JSON
package import Primitives

extension AIOpsTask {
    /// When a stage began and ended.
    package struct StageRecord: APIValue {
        package var name: String = ""
        package var startedAt: Timestamp?
        package var finishedAt: Timestamp?

        package init() {}
    }
}

extension AIOpsTask.StageRecord {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "name": try reader.read(&name)
            case "startedAt": try reader.read(&startedAt)
            case "finishedAt": try reader.read(&finishedAt)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("name", name)
        writer.field("startedAt", startedAt)
        writer.field("finishedAt", finishedAt)
        writer.endObject()
    }
}

extension AIOpsTask.StageRecord: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "When a stage began and ended.",
            [
                .required("name", .text("Name of the stage, for example Injecting.", max: 63, min: 1)),
                .optional("startedAt", .timestamp("When it began.")),
                .optional("finishedAt", .timestamp("When it ended.")),
            ])
    }
}
