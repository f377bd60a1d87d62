import JSON
import KubernetesModel

/// Whether a system is whole again, by its state at one moment: the property that the fault broke, the whole
/// baseline, and every pod.
///
/// The settling time and the front door come on top of it, in ``ProblemSession``.
package enum MitigationOracle {
    package static func shortfalls(in state: ObservedState, baseline: Baseline, fault: FaultSpec) -> [Shortfall] {
        property(fault, in: state) + baseline.shortfalls(in: state) + PodHealth.shortfalls(in: state.pods)
    }

    /// The specific thing that was broken.
    package static func property(_ fault: FaultSpec, in state: ObservedState) -> [Shortfall] {
        switch fault {
        case .none: return []
        case .targetPort(let fault):
            guard let service = state.service(fault.service) else {
                return [Shortfall("ServiceMissing", "Service \(fault.service) is gone")]
            }
            let listening = Set(state.containers(behind: service).flatMap(\.ports).map(\.containerPort))
            guard !service.spec.ports.isEmpty else {
                return [Shortfall("ServicePortMissing", "Service \(fault.service) has no port")]
            }
            return service.spec.ports.compactMap { port in
                if let number = state.targetNumber(of: port, in: service), listening.contains(number) { return nil }
                return Shortfall(
                    "WrongTargetPort",
                    "port \(port.port) of Service \(fault.service) leads to "
                        + "\(port.targetPort?.description ?? "nothing"), where no container listens")
            }
        }
    }

    package static func grade(_ shortfalls: [Shortfall], submitted: Bool) -> Grade {
        let whole = shortfalls.isEmpty
        return Grade(
            verdict: whole ? .passed : .failed, reason: whole ? "Mended" : (shortfalls.first?.code ?? "NotMended"),
            message: whole
                ? "the application is whole again" : shortfalls.prefix(5).map(\.message).joined(separator: "; "),
            results: ["success": .bool(whole)],
            scores: ["mended": whole ? "1" : "0", "submitted": submitted ? "1" : "0"])
    }
}
