package import JSON

extension AIOpsTask {
    /// The pool that runs the task.
    package struct PoolReference: APIValue {
        package var name: String = ""
        package var namespace: String?

        package init() {}
    }
}

extension AIOpsTask.PoolReference {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "name": try reader.read(&name)
            case "namespace": try reader.read(&namespace)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("name", name)
        writer.field("namespace", namespace)
        writer.endObject()
    }
}

extension AIOpsTask.PoolReference: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "The pool that runs the task.",
            [
                .required("name", .text("Name of the WorkerPool.", max: 253, min: 1, form: .dnsSubdomain)),
                .optional(
                    "namespace",
                    .text(
                        "Namespace of the WorkerPool; default: that of the task, then the operator's.", max: 63,
                        form: .dnsLabel)),
            ])
    }
}
