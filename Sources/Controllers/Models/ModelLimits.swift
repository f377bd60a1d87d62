import AIOpsAPI

/// How a pool limits what its tasks send to models.
struct ModelLimits: Sendable, Hashable {
    struct Rate: Sendable, Hashable {
        var requestsPerMinute: Int
        var burst: Int
        /// Nil for no limit.
        var tokensPerMinute: Int?
    }

    struct Circuit: Sendable, Hashable {
        var failureThreshold: Int
        var openSeconds: Int64
        var halfOpenProbes: Int
    }

    struct Retry: Sendable, Hashable {
        var patienceSeconds: Int64
        var initialDelaySeconds: Int64
        var maxDelaySeconds: Int64
        var lostReplies: Int
    }

    /// Apart, since an edit of one begins that one anew: a faster rate must not close an open circuit.
    let rate: Rate
    let circuit: Circuit
    let retry: Retry

    init(_ spec: WorkerPool.Spec) {
        let effective = spec.effective()
        rate = Rate(
            requestsPerMinute: effective.requestsPerMinute, burst: effective.burst,
            tokensPerMinute: effective.tokensPerMinute)
        circuit = Circuit(
            failureThreshold: effective.failureThreshold, openSeconds: effective.openSeconds,
            halfOpenProbes: effective.halfOpenProbes)
        retry = Retry(
            patienceSeconds: effective.patienceSeconds, initialDelaySeconds: effective.providerDelaySeconds,
            maxDelaySeconds: effective.maxProviderDelaySeconds, lostReplies: effective.lostReplies)
    }
}
