package import KubernetesModel

/// Pods in a few words.
package enum PodSummary {
    /// What a pod that is not ready waits for.
    package static func waiting(_ pod: Pod) -> String {
        let name = pod.metadata.name
        if pod.metadata.isBeingDeleted { return "pod \(name) is being deleted" }
        for container in pod.status.initContainerStatuses + pod.status.containerStatuses {
            switch container.state {
            case .waiting(let reason, let message):
                return "pod \(name): \(reason)" + (message.isEmpty ? "" : " (\(message.prefix(200)))")
            case .terminated(let reason, let message, let exitCode, _):
                return "pod \(name): \(reason), exit code \(exitCode)"
                    + (message.isEmpty ? "" : " (\(message.prefix(200)))")
            default: break
            }
        }
        if let condition = pod.status.conditions.first(where: { $0.type == "PodScheduled" && $0.status == .false }) {
            return "pod \(name): \(condition.reason) (\(condition.message.prefix(200)))"
        }
        return "pod \(name) is \(pod.status.phase.rawValue)"
    }

    /// One line a pod, as `kubectl get pods` would show it, and one for each container in trouble.
    package static func table(_ pods: [Pod]) -> String {
        pods.sorted { $0.metadata.name < $1.metadata.name }.map { pod in
            let ready = pod.status.containerStatuses.filter(\.ready).count
            var line =
                "\(pod.metadata.name) \(pod.status.phase.rawValue) ready \(ready)/\(pod.spec.containers.count)"
                + " restarts \(pod.restartCount)"
            if !pod.spec.nodeName.isEmpty { line += " node \(pod.spec.nodeName)" }
            return pod.isReady || pod.status.phase == .succeeded ? line : line + "\n  " + waiting(pod)
        }.joined(separator: "\n")
    }
}
