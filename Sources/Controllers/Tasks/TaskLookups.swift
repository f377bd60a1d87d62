package import AIOpsAPI
package import KubernetesModel
package import Problems

/// The pool a task asks for, as far as it is known.
package enum PoolLookup: Sendable {
    case found(WorkerPool)
    /// No pool at any of these places.
    case notFound([ObjectKey])

    package var pool: WorkerPool? { if case .found(let pool) = self { pool } else { nil } }
}

extension [ObjectKey] {
    /// The places where a pool was looked for, for a message.
    var spelledOut: String { map { "\($0.name) in namespace \($0.namespace)" }.joined(separator: " or ") }
}

/// The problem a task asks for.
package enum ProblemLookup: Sendable {
    case found(Problem)
    case notAProblem
    case failed(ProblemError)
}
