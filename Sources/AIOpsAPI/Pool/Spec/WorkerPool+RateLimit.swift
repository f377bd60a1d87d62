package import JSON

extension WorkerPool {
    /// Token bucket in front of the model calls of the pool.
    package struct RateLimit: APIValue {
        package var requestsPerMinute: Int?
        package var burst: Int?
        package var tokensPerMinute: Int?

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
            case "tokensPerMinute": try reader.read(&tokensPerMinute)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("requestsPerMinute", requestsPerMinute)
        writer.field("burst", burst)
        writer.field("tokensPerMinute", tokensPerMinute)
        writer.endObject()
    }
}

extension WorkerPool.RateLimit: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "Token buckets in front of the model calls of the pool, for each endpoint and key.",
            [
                .optional("requestsPerMinute", .integer("Calls a minute.", 1...100000, default: 100)),
                .optional("burst", .integer("Calls that may come at once.", 1...10000, default: 20)),
                .optional(
                    "tokensPerMinute",
                    .integer("Tokens a minute, of requests and replies; no limit when absent.", 1...1_000_000_000)),
            ])
    }
}
