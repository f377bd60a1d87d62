package import JSON

extension WorkerPool {
    /// Compute resources of one worker.
    package struct Resources: APIValue {
        package var requests: [String: String]?
        package var limits: [String: String]?

        package init() {}
    }
}

extension WorkerPool.Resources {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "requests": try reader.read(&requests)
            case "limits": try reader.read(&limits)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("requests", requests)
        writer.field("limits", limits)
        writer.endObject()
    }
}

extension WorkerPool.Resources: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "Compute resources of one worker.",
            [
                .optional(
                    "requests",
                    .map(
                        "Requested quantities by resource name.",
                        of: .text("One value.", max: 32, form: .quantity), max: 8)),
                .optional(
                    "limits",
                    .map(
                        "Most of each resource.", of: .text("One value.", max: 32, form: .quantity), max: 8
                    )),
            ])
    }
}
