package import KubernetesClient
package import KubernetesModel

/// What the shell and the oracles need of a cluster; a seam for tests that have no kubelet.
package protocol PodCommands: Sendable {
    func exec(_ pod: ObjectKey, _ exec: ExecRequest) async throws(KubernetesError) -> ExecResult
}

extension KubernetesClient: PodCommands {}
