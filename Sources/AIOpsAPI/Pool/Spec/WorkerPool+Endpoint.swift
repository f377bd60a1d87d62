package import JSON

extension WorkerPool {
    /// An external agent.
    package struct Endpoint: APIValue {
        package var url: String = ""
        package var weight: Int?
        package var maxConnections: Int?

        package init() {}
    }
}

extension WorkerPool.Endpoint {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "url": try reader.read(&url)
            case "weight": try reader.read(&weight)
            case "maxConnections": try reader.read(&maxConnections)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("url", url)
        writer.field("weight", weight)
        writer.field("maxConnections", maxConnections)
        writer.endObject()
    }
}

extension WorkerPool.Endpoint: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "An external agent.",
            [
                .required("url", .text("Its address.", max: 2048, min: 1, form: .httpURL)),
                .optional("weight", .integer("Share of the work with balancing Weighted.", 1...1000, default: 1)),
                .optional("maxConnections", .integer("Most requests to it at a time.", 1...1000, default: 10)),
            ])
    }
}
