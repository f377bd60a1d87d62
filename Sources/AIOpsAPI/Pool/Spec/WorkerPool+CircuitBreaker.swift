package import JSON

extension WorkerPool {
    /// Stops calling what keeps failing.
    package struct CircuitBreaker: APIValue {
        package var failureThreshold: Int?
        package var openSeconds: Int64?
        package var halfOpenProbes: Int?

        package init() {}
    }
}

extension WorkerPool.CircuitBreaker {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "failureThreshold": try reader.read(&failureThreshold)
            case "openSeconds": try reader.read(&openSeconds)
            case "halfOpenProbes": try reader.read(&halfOpenProbes)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("failureThreshold", failureThreshold)
        writer.field("openSeconds", openSeconds)
        writer.field("halfOpenProbes", halfOpenProbes)
        writer.endObject()
    }
}

extension WorkerPool.CircuitBreaker: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "Stops calling what keeps failing.",
            [
                .optional(
                    "failureThreshold", .integer("Failures in a row that open the circuit.", 1...100, default: 5)),
                .optional("openSeconds", .integer("Seconds it stays open.", 1...3600, default: 60)),
                .optional(
                    "halfOpenProbes", .integer("Calls let through to see whether it is better.", 1...100, default: 1)),
            ])
    }
}
