/// A pool's spec with every default filled in.
///
/// What is still optional has no default.
package struct EffectivePool: Sendable, Hashable {
    package var backend: WorkerBackend
    package var replicas: Int
    package var maxTasksPerWorker: Int
    package var endpoints: [WorkerPool.Endpoint]
    /// First match wins; empty: the pool takes everything.
    package var routes: [WorkerPool.Route]
    package var balancing: Balancing

    package var queueMaxSize: Int
    package var fairness: QueueFairness
    /// 0: off.
    package var ageingSeconds: Int64

    package var requestsPerMinute: Int
    /// Nil for no limit.
    package var tokensPerMinute: Int?
    package var burst: Int
    package var failureThreshold: Int
    package var openSeconds: Int64
    package var halfOpenProbes: Int

    package var patienceSeconds: Int64
    package var providerDelaySeconds: Int64
    package var maxProviderDelaySeconds: Int64
    package var lostReplies: Int

    package var healthPath: String
    package var healthIntervalSeconds: Int64
    package var healthTimeoutSeconds: Int64

    package var retryLimit: Int
    package var retryInitialDelaySeconds: Int64
    package var retryMultiplier: Int
    package var deadLetter: DeadLetterPolicy

    package var environmentType: EnvironmentType
    package var warmEnvironments: Int
    package var maxEnvironments: Int?

    /// In billionths of a US dollar; nil: no budget.
    package var budgetNanos: Int64?
    package var budgetWindowSeconds: Int64

    package var namespacePolicy: NamespacePolicy
    package var namespaceLabels: [String: String]
    package var stopPolicy: StopPolicy
}
