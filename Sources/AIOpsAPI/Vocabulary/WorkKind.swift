/// The four kinds of work a task can carry.
package enum WorkKind: Vocabulary {
    case problem
    case query
    case workflow
    case dispatch
    case unknown(String)

    package static let known: [Self] = [.problem, .query, .workflow, .dispatch]

    package var rawValue: String {
        switch self {
        case .problem: "Problem"
        case .query: "Query"
        case .workflow: "Workflow"
        case .dispatch: "Dispatch"
        case .unknown(let text): text
        }
    }
}
