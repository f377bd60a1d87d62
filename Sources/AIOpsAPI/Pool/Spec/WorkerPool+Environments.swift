package import JSON

extension WorkerPool {
    /// Environments of the pool's tasks.
    package struct Environments: APIValue {
        package var type: EnvironmentType?
        package var warm: Int?
        package var maxTotal: Int?
        package var kind: KindDefaults?

        package init() {}
    }
}

extension WorkerPool.Environments {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "type": try reader.read(&type)
            case "warm": try reader.read(&warm)
            case "maxTotal": try reader.read(&maxTotal)
            case "kind": try reader.read(&kind)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("type", type)
        writer.field("warm", warm)
        writer.field("maxTotal", maxTotal)
        writer.field("kind", kind)
        writer.endObject()
    }
}

extension WorkerPool.Environments: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "Environments of the pool's tasks.",
            [
                .optional(
                    "type", .oneOf("Default type for tasks that name none.", EnvironmentType.self, default: .namespace)),
                .optional("warm", .integer("Environments kept ready ahead of demand.", 0...100, default: 0)),
                .optional("maxTotal", .integer("Most environments at a time, warm ones included.", 1...1000)),
                .optional("kind", WorkerPool.KindDefaults.schema),
            ],
            rules: [.warmWithinTotal, .poolEnvironmentIsOwn])
    }
}
