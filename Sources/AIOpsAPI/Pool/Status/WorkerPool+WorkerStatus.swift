package import JSON

extension WorkerPool {
    /// One worker.
    ///
    /// Liveness is in its Lease, not here.
    package struct WorkerStatus: APIValue {
        package var name: String = ""
        package var state: WorkerState?
        package var tasks: [String] = []
        package var circuit: CircuitState?
        package var completed: Int64 = 0
        package var failed: Int64 = 0

        package init() {}
    }
}

extension WorkerPool.WorkerStatus {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "name": try reader.read(&name)
            case "state": try reader.read(&state)
            case "tasks": try reader.read(&tasks)
            case "circuit": try reader.read(&circuit)
            case "completed": try reader.read(&completed)
            case "failed": try reader.read(&failed)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("name", name)
        writer.field("state", state)
        writer.field("tasks", nonEmpty: tasks)
        writer.field("circuit", circuit)
        writer.field("completed", completed)
        writer.field("failed", failed)
        writer.endObject()
    }
}

extension WorkerPool.WorkerStatus: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "One worker. Liveness is in its Lease, not here.",
            [
                .required("name", .text("Name of the worker.", max: 253, min: 1)),
                .optional("state", .oneOf("What it is doing.", WorkerState.self)),
                .optional(
                    "tasks",
                    .list(
                        "Tasks it runs, as namespace/name.", of: .text("A task as namespace/name.", max: 317), max: 100,
                        kind: .set)),
                .optional("circuit", .oneOf("Whether calls to it are let through.", CircuitState.self)),
                .optional("completed", .integer("Tasks it finished.", 0...1_000_000_000)),
                .optional("failed", .integer("Tasks that failed on it.", 0...1_000_000_000)),
            ])
    }
}
