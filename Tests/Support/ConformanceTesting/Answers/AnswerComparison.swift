import JSON

/// Compares two plays of a scenario, whole.
package enum AnswerComparison {
    /// What differs and is not allowed to, one line each.
    package static func differences(
        _ performance: Performance, memory: [JSONLine], real: [JSONLine]
    ) -> [String] {
        guard memory.count == real.count else { return ["\(memory.count) answers in memory, \(real.count) real ones"] }
        return zip(memory, real).enumerated().flatMap { index, pair in
            let allowed = AllowedDifference.all.filter { $0.forms.contains(performance.form) }
            let (mine, its) = allowed.reduce((pair.0.value, pair.1.value)) { ($1.without($0.0), $1.without($0.1)) }
            let step = pair.1.value["step"]?.stringValue ?? ""
            return differences(mine, its, at: "").map { "step \(index + 1), \(step): \($0)" }
        }
    }

    private static func differences(_ mine: JSONValue, _ its: JSONValue, at path: String) -> [String] {
        if mine == its { return [] }
        switch (mine, its) {
        case (.object(let left), .object(let right)):
            let keys = Set(left.keys).union(right.keys).sorted()
            return keys.flatMap { differences(left[$0] ?? .absent, right[$0] ?? .absent, at: "\(path).\($0)") }
        case (.array(let left), .array(let right)) where left.count == right.count:
            return zip(left, right).enumerated().flatMap { differences($1.0, $1.1, at: "\(path)[\($0)]") }
        default: return ["\(path)\n    memory \(mine.text)\n    real   \(its.text)"]
        }
    }
}

extension JSONValue {
    fileprivate static let absent = JSONValue.string("<absent>")
}
