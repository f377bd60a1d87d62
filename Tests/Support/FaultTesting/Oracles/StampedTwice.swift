import KubernetesModel

/// I4: a transition time is that of the status.
enum StampedTwice {
    static func complaints(_ old: [Condition], _ new: [Condition], _ whose: String) -> [String] {
        new.compactMap { condition in
            guard let earlier = old.first(where: { $0.type == condition.type }), earlier.status == condition.status,
                earlier.lastTransitionTime != condition.lastTransitionTime
            else { return nil }
            return "I4: \(whose): \(condition.type) has a new transition time and the same status"
        }
    }
}
