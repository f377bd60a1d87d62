package import JSON

extension WorkerPool {
    /// What the workers are and how many.
    package struct Workers: APIValue {
        package var backend: WorkerBackend?
        package var replicas: Int?
        package var maxTasksPerWorker: Int?
        package var image: String?
        package var resources: Resources?
        package var nodeSelector: [String: String]?
        package var serviceAccountName: String?
        package var endpoints: [Endpoint] = []

        package init() {}

        /// Most workers of a pool, and most tasks that one process runs at once, over all pools.
        package static let most = 1000
    }
}

extension WorkerPool.Workers {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "backend": try reader.read(&backend)
            case "replicas": try reader.read(&replicas)
            case "maxTasksPerWorker": try reader.read(&maxTasksPerWorker)
            case "image": try reader.read(&image)
            case "resources": try reader.read(&resources)
            case "nodeSelector": try reader.read(&nodeSelector)
            case "serviceAccountName": try reader.read(&serviceAccountName)
            case "endpoints": try reader.read(&endpoints)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("backend", backend)
        writer.field("replicas", replicas)
        writer.field("maxTasksPerWorker", maxTasksPerWorker)
        writer.field("image", image)
        writer.field("resources", resources)
        writer.field("nodeSelector", nodeSelector)
        writer.field("serviceAccountName", serviceAccountName)
        writer.field("endpoints", nonEmpty: endpoints)
        writer.endObject()
    }
}

extension WorkerPool.Workers: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "What the workers are and how many.",
            [
                .optional(
                    "backend",
                    .oneOf(
                        """
                        Internal runs workers in the operator; Deployment in pods of their own; HTTP calls \
                        external agents.
                        """, WorkerBackend.self, default: .internal)),
                .optional("replicas", .integer("Workers wanted.", 0...Int64(most), default: 1)),
                .optional("maxTasksPerWorker", .integer("Tasks one worker runs at a time.", 1...100, default: 1)),
                .optional(
                    "image",
                    .text(
                        "Image of the workers, with Deployment; default: that of the operator.", max: 512, form: .image)
                ),
                .optional("resources", WorkerPool.Resources.schema),
                .optional(
                    "nodeSelector",
                    .map(
                        "Labels a node must have, with Deployment.", of: .text("One value.", max: 63),
                        max: 32)),
                .optional(
                    "serviceAccountName",
                    .text("ServiceAccount of the workers, with Deployment.", max: 253, form: .dnsSubdomain)),
                .optional(
                    "endpoints",
                    .list(
                        "External agents, with HTTP.", of: WorkerPool.Endpoint.schema, max: 64,
                        kind: .map(keys: ["url"]))),
            ],
            rules: [.httpNeedsEndpoints])
    }
}
