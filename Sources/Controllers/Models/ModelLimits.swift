import AIOpsAPI

/// How a pool limits what its tasks send to models.
struct ModelLimits: Sendable, Hashable {
    var requestsPerMinute: Int
    var burst: Int
    /// Nil for no limit.
    var tokensPerMinute: Int?
    var failureThreshold: Int
    var openSeconds: Int64
    var halfOpenProbes: Int

    init(_ spec: WorkerPool.Spec) {
        let effective = spec.effective()
        requestsPerMinute = effective.requestsPerMinute
        burst = effective.burst
        tokensPerMinute = effective.tokensPerMinute
        failureThreshold = effective.failureThreshold
        openSeconds = effective.openSeconds
        halfOpenProbes = effective.halfOpenProbes
    }
}
