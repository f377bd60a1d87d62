package import KubernetesClient

/// All that is needed to make Kind clusters and to reach them.
package struct KindHost: Sendable {
    /// Makes a client of a cluster from its kubeconfig.
    package typealias Connect = @Sendable (String) throws(KubernetesError) -> KubernetesClient

    package let clusters: KindClusters
    package let connect: Connect
    private let home: HomeCluster

    package init(clusters: KindClusters, home: HomeCluster, connect: @escaping Connect) {
        self.clusters = clusters
        self.connect = connect
        self.home = home
    }

    /// What tells the operator's own cluster from all others.
    package func homeID() async throws(EnvironmentError) -> String { try await home.id() }
}
