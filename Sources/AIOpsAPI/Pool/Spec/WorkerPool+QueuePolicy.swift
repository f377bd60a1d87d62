package import JSON

extension WorkerPool {
    /// The waiting line.
    package struct QueuePolicy: APIValue {
        package var maxSize: Int?
        package var fairness: QueueFairness?
        package var ageingSeconds: Int64?

        package init() {}
    }
}

extension WorkerPool.QueuePolicy {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "maxSize": try reader.read(&maxSize)
            case "fairness": try reader.read(&fairness)
            case "ageingSeconds": try reader.read(&ageingSeconds)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("maxSize", maxSize)
        writer.field("fairness", fairness)
        writer.field("ageingSeconds", ageingSeconds)
        writer.endObject()
    }
}

extension WorkerPool.QueuePolicy: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "The waiting line.",
            [
                .optional(
                    "maxSize",
                    .integer("Most waiting tasks; further ones are told QueueFull.", 1...100000, default: 10000)),
                .optional(
                    "fairness",
                    .oneOf(
                        "Namespace lets namespaces take turns within one priority.", QueueFairness.self,
                        default: .namespace)),
                .optional(
                    "ageingSeconds",
                    .integer(
                        "Seconds of waiting worth one level of priority; 0 switches ageing off.", 0...86400,
                        default: 300)),
            ])
    }
}
