package import AIOpsAPI
package import Environments

/// What an administrator decides once for the whole operator.
package struct OperatorSettings: Sendable {
    package var version: String
    /// The namespace of the operator: where the default pool of namespaces without one lives.
    package var namespace: String
    package var images: ImageSet
    /// Hosts a key or a conversation may be sent to without a Secret that lists them: the vendors' own, and what the
    /// administrator added.
    package var allowedModelHosts: Set<String>
    /// Keys for tasks that bring none; empty unless an administrator allows them.
    package var modelKeys: OperatorKeys
    /// The ConfigMap in the operator's namespace that holds prices over the built-in ones; nil for none.
    package var priceTable: String?
    /// Whether a pair of probe pods is to show that NetworkPolicy is enforced.
    package var provesNetworkIsolation: Bool
    /// Most runs at once in this process, over all pools: what is beyond it stays queued.
    package var maxConcurrentRuns: Int

    package static let vendorHosts = Set(ModelEndpoint.vendors.keys)
    package static let defaultPoolName = "default"

    package init(
        version: String, namespace: String, images: ImageSet = ImageSet(), allowedModelHosts: Set<String> = [],
        modelKeys: OperatorKeys = .none, priceTable: String? = nil, provesNetworkIsolation: Bool = false,
        maxConcurrentRuns: Int? = nil
    ) {
        self.version = version
        self.namespace = namespace
        self.images = images
        self.allowedModelHosts = allowedModelHosts.union(Self.vendorHosts)
        self.modelKeys = modelKeys
        self.priceTable = priceTable
        self.provesNetworkIsolation = provesNetworkIsolation
        self.maxConcurrentRuns = maxConcurrentRuns ?? WorkerPool.Workers.most
    }
}
