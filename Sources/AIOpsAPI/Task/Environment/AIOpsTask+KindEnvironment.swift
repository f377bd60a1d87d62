package import JSON

extension AIOpsTask {
    /// A Kind cluster of its own.
    package struct KindEnvironment: APIValue {
        package var nodeImage: String?
        package var workers: Int?

        package init() {}
    }
}

extension AIOpsTask.KindEnvironment {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "nodeImage": try reader.read(&nodeImage)
            case "workers": try reader.read(&workers)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("nodeImage", nodeImage)
        writer.field("workers", workers)
        writer.endObject()
    }
}

extension AIOpsTask.KindEnvironment: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "A Kind cluster of its own.",
            [
                .optional("nodeImage", .text("Node image; default: that of the pool.", max: 512, form: .image)),
                .optional("workers", .integer("Worker nodes beside the control plane.", 0...8, default: 0)),
            ])
    }
}
