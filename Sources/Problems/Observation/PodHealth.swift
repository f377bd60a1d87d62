package import KubernetesModel

/// The pod-health check of the reference, with what it misses: a pod that is pending, or has no status at all, is
/// not healthy, and neither is one that is on its way out.
package enum PodHealth {
    package static func shortfalls(in pods: [Pod]) -> [Shortfall] {
        pods.sorted { $0.metadata.name < $1.metadata.name }.compactMap(shortfall(of:))
    }

    static func shortfall(of pod: Pod) -> Shortfall? {
        let name = pod.metadata.name
        if pod.metadata.isBeingDeleted { return Shortfall("PodTerminating", "pod \(name) is being deleted") }
        if pod.status.phase == .succeeded { return nil }
        for container in pod.status.initContainerStatuses + pod.status.containerStatuses {
            switch container.state {
            case .waiting(let reason, _) where reason == "CrashLoopBackOff" || reason.hasSuffix("BackOff"):
                return Shortfall("PodFailing", "container \(container.name) of pod \(name): \(reason)")
            case .terminated(let reason, _, let exitCode, _) where reason != "Completed":
                return Shortfall(
                    "PodFailing", "container \(container.name) of pod \(name) ended: \(reason), exit code \(exitCode)")
            default: break
            }
        }
        let reported = pod.status.containerStatuses
        guard pod.status.phase == .running, !reported.isEmpty, reported.count == pod.spec.containers.count,
            reported.allSatisfy(\.ready), pod.isReady
        else { return Shortfall("PodNotReady", "pod \(name) is \(pod.status.phase.rawValue) and not ready") }
        return nil
    }
}
