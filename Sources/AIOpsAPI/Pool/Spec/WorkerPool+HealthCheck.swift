package import JSON

extension WorkerPool {
    /// How external agents are asked whether they live.
    package struct HealthCheck: APIValue {
        package var path: String?
        package var intervalSeconds: Int64?
        package var timeoutSeconds: Int64?

        package init() {}
    }
}

extension WorkerPool.HealthCheck {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "path": try reader.read(&path)
            case "intervalSeconds": try reader.read(&intervalSeconds)
            case "timeoutSeconds": try reader.read(&timeoutSeconds)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("path", path)
        writer.field("intervalSeconds", intervalSeconds)
        writer.field("timeoutSeconds", timeoutSeconds)
        writer.endObject()
    }
}

extension WorkerPool.HealthCheck: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "How external agents are asked whether they live.",
            [
                .optional("path", .text("Path of the check.", max: 253, form: .path, default: "/health")),
                .optional("intervalSeconds", .integer("Seconds between two checks.", 1...3600, default: 30)),
                .optional("timeoutSeconds", .integer("Seconds one check may take.", 1...300, default: 5)),
            ])
    }
}
