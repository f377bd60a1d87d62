package import KubernetesClient
package import KubernetesModel

/// What can go wrong with an environment, by the step that failed.
package enum EnvironmentError: Error, Sendable {
    /// Something of that name is there and is not ours; it is left alone.
    case foreignObject(ResourceType, ObjectKey)
    /// The namespace of an earlier life is still going away.
    case stillTerminating(ObjectKey)
    case create(ResourceType, ObjectKey, KubernetesError)
    case notReady(what: String, last: String)
    case observe(KubernetesError)
    case release(KubernetesError)
    /// The sandbox did not take the command, or was lost on the way.
    case sandbox(String)
    case exec(KubernetesError)
    case cancelled
}

extension EnvironmentError {
    package var isRetryable: Bool {
        switch self {
        case .create(_, _, let cause), .observe(let cause), .release(let cause), .exec(let cause): cause.isRetryable
        case .stillTerminating, .notReady, .sandbox: true
        case .foreignObject, .cancelled: false
        }
    }

    package var isUserError: Bool {
        switch self {
        case .foreignObject: true
        case .create(_, _, let cause), .observe(let cause), .release(let cause), .exec(let cause): cause.isUserError
        default: false
        }
    }
}

extension EnvironmentError {
    package var isCancelled: Bool { if case .cancelled = self { true } else { false } }
}

extension EnvironmentError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .foreignObject(let type, let key):
            "\(type.kind) \(key) exists and does not belong to this task; delete it or start a new attempt"
        case .stillTerminating(let key): "namespace \(key) is still being deleted"
        case .create(let type, let key, let cause): "cannot create \(type.kind) \(key): \(cause.message)"
        case .notReady(let what, let last): "\(what) is not ready: \(last)"
        case .observe(let cause): "cannot look at the environment: \(cause.message)"
        case .release(let cause): "cannot release the environment: \(cause.message)"
        case .sandbox(let message): "the sandbox did not run the command: \(message)"
        case .exec(let cause): "cannot reach the sandbox: \(cause.message)"
        case .cancelled: "cancelled"
        }
    }
}
