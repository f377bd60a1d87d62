import KubernetesModel

extension Baseline {
    /// Everything that is missing or other than it was.
    ///
    /// What was added is no shortfall.
    package func shortfalls(in state: ObservedState) -> [Shortfall] {
        workloads.flatMap { shortfalls(of: $0, in: state) } + entries.flatMap { shortfalls(of: $0, in: state) }
            + files.sorted { $0.key < $1.key }.compactMap { name, digest in
                guard let map = state.configMap(name) else {
                    return Shortfall("ConfigMapMissing", "ConfigMap \(name) is gone")
                }
                return Self.digest(map) == digest
                    ? nil : Shortfall("ConfigMapChanged", "ConfigMap \(name) has other data than before")
            }
    }

    private func shortfalls(of workload: Workload, in state: ObservedState) -> [Shortfall] {
        guard let deployment = state.deployment(workload.name), !deployment.metadata.isBeingDeleted else {
            return [Shortfall("DeploymentMissing", "Deployment \(workload.name) is gone")]
        }
        var found: [Shortfall] = []
        let now = Workload(deployment)
        if now.images != workload.images {
            found.append(Shortfall("ImageChanged", "Deployment \(workload.name) runs other images than before"))
        }
        if now.selector != workload.selector {
            found.append(Shortfall("SelectorChanged", "Deployment \(workload.name) selects other pods than before"))
        }
        if now.content != workload.content {
            found.append(Shortfall("CommandChanged", "Deployment \(workload.name) runs something else than before"))
        }
        let status = deployment.status
        if status.observedGeneration < deployment.metadata.generation {
            found.append(Shortfall("RollingOut", "Deployment \(workload.name) has a change that is not rolled out"))
        }
        if status.availableReplicas < workload.replicas {
            found.append(
                Shortfall(
                    "TooFewReplicas",
                    "Deployment \(workload.name) has \(status.availableReplicas) of \(workload.replicas) replicas"))
        }
        return found
    }

    private func shortfalls(of entry: Entry, in state: ObservedState) -> [Shortfall] {
        guard let service = state.service(entry.name), !service.metadata.isBeingDeleted else {
            return [Shortfall("ServiceMissing", "Service \(entry.name) is gone")]
        }
        var found: [Shortfall] = []
        if service.spec.selector != entry.selector {
            found.append(Shortfall("ServiceSelectorChanged", "Service \(entry.name) picks other pods than before"))
        }
        for (port, target) in entry.targets.sorted(by: { $0.key < $1.key }) {
            guard let current = service.spec.ports.first(where: { $0.port == port }) else {
                found.append(Shortfall("ServicePortMissing", "Service \(entry.name) has no port \(port) any more"))
                continue
            }
            if state.targetNumber(of: current, in: service) != target {
                let seen = current.targetPort?.description ?? "nothing"
                found.append(
                    Shortfall(
                        "WrongTargetPort",
                        "port \(port) of Service \(entry.name) leads to \(seen), where \(target) was before"))
            }
        }
        return found
    }
}
