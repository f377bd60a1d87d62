/// What an agent's work may leave different.
package struct EffectAllowance: Sendable, Hashable {
    /// Objects by kind and name, such as `Service/store`, in which `*` stands for a whole part.
    package struct Places: Sendable, Hashable, ExpressibleByArrayLiteral {
        package var patterns: [String]

        package init(_ patterns: [String]) { self.patterns = patterns }
        package init(arrayLiteral patterns: String...) { self.patterns = patterns }

        package func matches(_ place: String) -> Bool {
            let parts = place.split(separator: "/", maxSplits: 1)
            return patterns.contains { pattern in
                let wanted = pattern.split(separator: "/", maxSplits: 1)
                return wanted.count == parts.count && zip(wanted, parts).allSatisfy { $0 == "*" || $0 == $1 }
            }
        }
    }

    package var mayCreate: Places
    package var mayChange: Places
    package var mayDelete: Places

    package init(mayCreate: Places = [], mayChange: Places = [], mayDelete: Places = []) {
        self.mayCreate = mayCreate
        self.mayChange = mayChange
        self.mayDelete = mayDelete
    }

    /// Where a problem says nothing: who only looks leaves nothing different; who mends may make and change what the application
    /// is made of, and take nothing of it away for good.
    package static func standard(for taskType: TaskType) -> EffectAllowance {
        taskType.mayWrite ? EffectAllowance(mayCreate: ["*/*"], mayChange: ["*/*"]) : EffectAllowance()
    }
}
