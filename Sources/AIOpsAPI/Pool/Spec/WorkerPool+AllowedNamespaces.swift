package import JSON

extension WorkerPool {
    /// From which namespaces tasks may use the pool.
    package struct AllowedNamespaces: APIValue {
        package var from: NamespacePolicy?
        package var matchLabels: [String: String]?

        package init() {}
    }
}

extension WorkerPool.AllowedNamespaces {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "from": try reader.read(&from)
            case "matchLabels": try reader.read(&matchLabels)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("from", from)
        writer.field("matchLabels", matchLabels)
        writer.endObject()
    }
}

extension WorkerPool.AllowedNamespaces: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "From which namespaces tasks may use the pool.",
            [
                .optional(
                    "from",
                    .oneOf(
                        "Same: the pool's own; All: any; Selector: those whose labels match.", NamespacePolicy.self,
                        default: .same)),
                .optional(
                    "matchLabels",
                    .map(
                        "Labels of the namespace, with Selector.", of: .text("One value.", max: 63),
                        max: 16)),
            ],
            rules: [.selectorNeedsLabels])
    }
}
