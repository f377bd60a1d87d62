package import KubernetesModel
package import Primitives

extension Condition {
    /// Longest message we write; one condition shall not fill an object.
    static let messageLimit = 2048

    package init(
        _ type: ConditionType, _ status: ConditionStatus, _ reason: Reason, _ message: String, generation: Int64
    ) {
        self.init(
            type: type.rawValue, status: status, reason: reason.rawValue,
            message: message.cut(toScalars: Self.messageLimit), observedGeneration: generation)
    }
}

extension [Condition] {
    package func get(_ type: ConditionType) -> Condition? { get(type.rawValue) }

    package func isTrue(_ type: ConditionType) -> Bool { isTrue(type.rawValue) }

    /// Sets each, with a transition time that moves only with its status; true when anything changed.
    @discardableResult
    package mutating func record(_ conditions: [Condition], now: Timestamp) -> Bool {
        var hasChanged = false
        for condition in conditions where set(condition, now: now) { hasChanged = true }
        return hasChanged
    }
}

extension String {
    /// The text, or its beginning with an ellipsis, in at most `limit` Unicode scalars.
    package func cut(toScalars limit: Int) -> String {
        guard unicodeScalars.count > limit else { return self }
        return String(unicodeScalars.prefix(Swift.max(0, limit - 3))) + "..."
    }
}
