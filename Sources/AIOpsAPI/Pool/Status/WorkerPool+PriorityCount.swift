package import JSON

extension WorkerPool {
    /// Waiting tasks of one priority.
    package struct PriorityCount: APIValue {
        package var priority: Int = 0
        package var count: Int = 0

        package init() {}
    }
}

extension WorkerPool.PriorityCount {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "priority": try reader.read(&priority)
            case "count": try reader.read(&count)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("priority", priority)
        writer.field("count", count)
        writer.endObject()
    }
}

extension WorkerPool.PriorityCount: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "Waiting tasks of one priority.",
            [
                .required("priority", .integer("The priority.", 1...5)),
                .required("count", .integer("Waiting tasks.", 0...100000)),
            ])
    }
}
