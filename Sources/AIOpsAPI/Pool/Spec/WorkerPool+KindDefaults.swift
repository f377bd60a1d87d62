package import JSON

extension WorkerPool {
    /// Settings of Kind clusters.
    package struct KindDefaults: APIValue {
        package var nodeImage: String?
        package var config: String?

        package init() {}
    }
}

extension WorkerPool.KindDefaults {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "nodeImage": try reader.read(&nodeImage)
            case "config": try reader.read(&config)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("nodeImage", nodeImage)
        writer.field("config", config)
        writer.endObject()
    }
}

extension WorkerPool.KindDefaults: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "Settings of Kind clusters.",
            [
                .optional("nodeImage", .text("Node image.", max: 512, form: .image)),
                .optional("config", .text("Kind configuration as YAML text.", max: 16384)),
            ])
    }
}
