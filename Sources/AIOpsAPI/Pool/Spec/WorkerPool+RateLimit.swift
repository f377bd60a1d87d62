package import JSON

extension WorkerPool {
    /// Token bucket in front of the model calls of the pool.
    package struct RateLimit: APIValue {
        package var requestsPerMinute: Int?
        package var burst: Int?

        package init() {}
    }
}

extension WorkerPool.RateLimit {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "requestsPerMinute": try reader.read(&requestsPerMinute)
            case "burst": try reader.read(&burst)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("requestsPerMinute", requestsPerMinute)
        writer.field("burst", burst)
        writer.endObject()
    }
}

extension WorkerPool.RateLimit: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "Token bucket in front of the model calls of the pool.",
            [
                .optional("requestsPerMinute", .integer("Calls a minute.", 1...100000, default: 100)),
                .optional("burst", .integer("Calls that may come at once.", 1...10000, default: 20)),
            ])
    }
}
