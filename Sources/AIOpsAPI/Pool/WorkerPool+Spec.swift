package import JSON

extension WorkerPool {
    /// Who runs tasks, how many at a time, in which order, with which limits.
    package struct Spec: APIValue {
        package var workers: Workers?
        package var routes: [Route]?
        package var balancing: Balancing?
        package var queue: QueuePolicy?
        package var rateLimit: RateLimit?
        package var circuitBreaker: CircuitBreaker?
        package var providerRetry: ProviderRetry?
        package var healthCheck: HealthCheck?
        package var retry: Retry?
        package var environments: Environments?
        package var budget: Budget?
        package var modelDefaults: ModelSettings?
        package var allowedNamespaces: AllowedNamespaces?
        package var stopPolicy: StopPolicy?

        package init() {}
    }
}

extension WorkerPool.Spec {
    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let field = try reader.nextKey() {
            switch field {
            case "workers": try reader.read(&workers)
            case "routes": try reader.read(&routes)
            case "balancing": try reader.read(&balancing)
            case "queue": try reader.read(&queue)
            case "rateLimit": try reader.read(&rateLimit)
            case "circuitBreaker": try reader.read(&circuitBreaker)
            case "providerRetry": try reader.read(&providerRetry)
            case "healthCheck": try reader.read(&healthCheck)
            case "retry": try reader.read(&retry)
            case "environments": try reader.read(&environments)
            case "budget": try reader.read(&budget)
            case "modelDefaults": try reader.read(&modelDefaults)
            case "allowedNamespaces": try reader.read(&allowedNamespaces)
            case "stopPolicy": try reader.read(&stopPolicy)
            default: try reader.skip()
            }
        }
    }

    package func encode(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("workers", workers)
        writer.field("routes", routes)
        writer.field("balancing", balancing)
        writer.field("queue", queue)
        writer.field("rateLimit", rateLimit)
        writer.field("circuitBreaker", circuitBreaker)
        writer.field("providerRetry", providerRetry)
        writer.field("healthCheck", healthCheck)
        writer.field("retry", retry)
        writer.field("environments", environments)
        writer.field("budget", budget)
        writer.field("modelDefaults", modelDefaults)
        writer.field("allowedNamespaces", allowedNamespaces)
        writer.field("stopPolicy", stopPolicy)
        writer.endObject()
    }
}

extension WorkerPool.Spec: SchemaDescribed {
    package static var schema: Schema {
        .object(
            "Who runs tasks, how many at a time, in which order, with which limits.",
            [
                .optional("workers", WorkerPool.Workers.schema.defaulting(to: [:])),
                .optional(
                    "routes",
                    .list(
                        "Which tasks the pool takes, first match wins; none: all.", of: WorkerPool.Route.schema,
                        max: 64, kind: .atomic)),
                .optional("balancing", .oneOf("How a free worker is picked.", Balancing.self, default: .roundRobin)),
                .optional("queue", WorkerPool.QueuePolicy.schema),
                .optional("rateLimit", WorkerPool.RateLimit.schema),
                .optional("circuitBreaker", WorkerPool.CircuitBreaker.schema),
                .optional("providerRetry", WorkerPool.ProviderRetry.schema),
                .optional("healthCheck", WorkerPool.HealthCheck.schema),
                .optional("retry", WorkerPool.Retry.schema),
                .optional("environments", WorkerPool.Environments.schema),
                .optional("budget", WorkerPool.Budget.schema),
                .optional(
                    "modelDefaults",
                    ModelSettings.schema.described(
                        """
                        Model settings for tasks that do not say otherwise; a Secret named here is read in the \
                        pool's namespace.
                        """)),
                .optional("allowedNamespaces", WorkerPool.AllowedNamespaces.schema),
                .optional(
                    "stopPolicy",
                    .oneOf(
                        "Hold assigns nothing new; HoldAndDrain cancels gracefully what runs as well.", StopPolicy.self,
                        default: .run)),
            ])
    }
}
