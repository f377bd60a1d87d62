package import JSON
package import Primitives

extension AIOpsTask {
    /// Which worker owns the task.
    ///
    /// Every write of a worker tests epoch.
    package struct Claim: APIValue {
        package var worker: String = ""
        package var epoch: Int64 = 0
        package var since: Timestamp?

        package init() {}
    }
}

extension AIOpsTask.Claim {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "worker": try reader.read(&worker)
            case "epoch": try reader.read(&epoch)
            case "since": try reader.read(&since)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("worker", worker)
        writer.field("epoch", epoch)
        writer.field("since", since)
        writer.endObject()
    }
}

extension AIOpsTask.Claim: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "The worker that owns the task; each of its writes tests epoch.",
            [
                .required("worker", .text("Name of the worker.", max: 253, min: 1)),
                .required("epoch", .integer("One higher at each assignment.", 0...1_000_000_000)),
                .optional("since", .timestamp("When it was assigned.")),
            ])
    }
}
