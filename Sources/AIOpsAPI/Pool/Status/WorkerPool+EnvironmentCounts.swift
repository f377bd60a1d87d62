package import JSON

extension WorkerPool {
    /// Environments of the pool.
    package struct EnvironmentCounts: APIValue {
        package var warm: Int = 0
        package var inUse: Int = 0

        /// No more is told: retained ones may be any number.
        package static let most = 100_000

        package init() {}
    }
}

extension WorkerPool.EnvironmentCounts {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "warm": try reader.read(&warm)
            case "inUse": try reader.read(&inUse)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("warm", warm)
        writer.field("inUse", inUse)
        writer.endObject()
    }
}

extension WorkerPool.EnvironmentCounts: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "Environments of the pool.",
            [
                .optional("warm", .integer("Ready and unused.", 0...1000)),
                .optional(
                    "inUse",
                    .integer(
                        "Of tasks, from their claim until everything made for them is gone; retained ones as well.",
                        0...Int64(most))),
            ])
    }
}
