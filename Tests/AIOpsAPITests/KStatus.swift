import KubernetesModel

/// What kstatus (Flux, Helm 4) computes for a kind it does not know, step by step as it is documented.
enum KStatus: Equatable {
    case inProgress, current, failed, terminating

    static func of(
        generation: Int64, observedGeneration: Int64?, conditions: [Condition], isBeingDeleted: Bool = false
    ) -> KStatus {
        if isBeingDeleted { return .terminating }
        if let observedGeneration, observedGeneration != generation { return .inProgress }
        for condition in conditions where condition.status == .true {
            if condition.type == "Reconciling" { return .inProgress }
            if condition.type == "Stalled" { return .failed }
        }
        guard let ready = conditions.first(where: { $0.type == "Ready" }) else { return .current }
        return ready.status == .true ? .current : .inProgress
    }
}
