package import JSON
internal import KubernetesModel
internal import Primitives

extension Controller {
    /// For a debug endpoint: every key the queue knows, where it is, since when, and why.
    ///
    /// Never for the reconciler, which must not depend on what woke it.
    package func debugValue(limit: Int = 1_000) -> JSONValue {
        let keys = queue.snapshot(limit: limit)
        return .object([
            "controller": .string(name), "overdue": .array(queue.overdue.map { .string("\($0)") }),
            "keys": .array(
                keys.map { key in
                    .object([
                        "key": .string("\(key.key)"), "place": .string(key.place.rawValue),
                        "priority": .integer(Int64(key.priority.value)),
                        "milliseconds": .integer(key.time.milliseconds), "failures": .integer(Int64(key.failures)),
                        "reasons": .array(
                            key.reasons.reasons.map { .string("\($0)") }),
                    ])
                }),
        ])
    }
}
