package import JSON
package import KubernetesModel

extension WorkerPool {
    /// What the operator knows about the pool.
    package struct Status: APIValue {
        package var observedGeneration: Int64 = -1
        package var conditions: [Condition] = []
        package var workers: [WorkerStatus] = []
        package var replicas: Int = 0
        package var selector: String?
        package var ready: Int = 0
        package var busy: Int = 0
        package var idle: Int = 0
        package var queue: QueueStatus?
        package var circuit: CircuitState?
        package var environments: EnvironmentCounts?
        package var spend: Spend?

        package init() {}
    }
}

extension WorkerPool.Status {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "observedGeneration": try reader.read(&observedGeneration)
            case "conditions": try reader.read(&conditions)
            case "workers": try reader.read(&workers)
            case "replicas": try reader.read(&replicas)
            case "selector": try reader.read(&selector)
            case "ready": try reader.read(&ready)
            case "busy": try reader.read(&busy)
            case "idle": try reader.read(&idle)
            case "queue": try reader.read(&queue)
            case "circuit": try reader.read(&circuit)
            case "environments": try reader.read(&environments)
            case "spend": try reader.read(&spend)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("observedGeneration", observedGeneration)
        writer.field("conditions", nonEmpty: conditions)
        writer.field("workers", nonEmpty: workers)
        writer.field("replicas", replicas)
        writer.field("selector", selector)
        writer.field("ready", ready)
        writer.field("busy", busy)
        writer.field("idle", idle)
        writer.field("queue", queue)
        writer.field("circuit", circuit)
        writer.field("environments", environments)
        writer.field("spend", spend)
        writer.endObject()
    }
}

extension WorkerPool.Status: SchemaDescribed {
    private static let most = WorkerPool.Workers.most

    package static var schema: Schema {
        .object(
            "What the operator knows about the pool.",
            [
                .optional(
                    "observedGeneration",
                    .integer(
                        "Generation this status is of; -1 before the first look.",
                        -1...9_000_000_000_000_000)),
                .optional(
                    "conditions",
                    .conditions(
                        """
                        Available, Progressing, Degraded, BudgetExceeded, NetworkIsolation, and Ready, \
                        Reconciling, Stalled.
                        """)),
                .optional(
                    "workers",
                    .list("The workers.", of: WorkerPool.WorkerStatus.schema, max: most, kind: .map(keys: ["name"]))),
                .optional("replicas", .integer("Workers there are.", 0...Int64(most))),
                .optional("selector", .text("Label selector of the workers, for the scale subresource.", max: 512)),
                .optional("ready", .integer("Workers that can take tasks.", 0...Int64(most))),
                .optional("busy", .integer("Workers with a task.", 0...Int64(most))),
                .optional("idle", .integer("Workers without one.", 0...Int64(most))),
                .optional("queue", WorkerPool.QueueStatus.schema),
                .optional("circuit", .oneOf("The worst circuit among the workers.", CircuitState.self)),
                .optional("environments", WorkerPool.EnvironmentCounts.schema),
                .optional("spend", WorkerPool.Spend.schema),
            ])
    }
}
