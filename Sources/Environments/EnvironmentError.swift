import HTTP
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
    /// The sandbox took the command and was lost before the command's end was seen; with what it had written until then.
    case commandLost(String, ShellResult)
    case exec(KubernetesError)
    /// A Kind cluster could not be made, listed or deleted.
    case kind(KindError)
    /// The sandbox is there, and no command can be run in it or ended in it any more.
    case sandboxBroken(String)
    case cancelled
}

extension EnvironmentError {
    package var isRetryable: Bool {
        switch self {
        case .create(_, _, let cause), .observe(let cause), .release(let cause), .exec(let cause): cause.isRetryable
        case .stillTerminating, .notReady, .commandLost: true
        case .kind(let cause): cause.isRetryable
        case .foreignObject, .sandboxBroken, .cancelled: false
        }
    }

    package var isUserError: Bool {
        switch self {
        case .foreignObject: true
        case .create(_, _, let cause), .observe(let cause), .release(let cause): cause.isUserError
        case .exec(let cause): Self.isMissingRight(cause)
        case .kind(let cause): cause.isUserError
        case .stillTerminating, .notReady, .commandLost, .sandboxBroken, .cancelled: false
        }
    }

    /// Of a sandbox that is gone or has ended, the server says that the request was bad, which is nobody's to mend but ours.
    private static func isMissingRight(_ cause: KubernetesError) -> Bool {
        switch cause.kind {
        case .forbidden, .unauthorized, .configuration, .credentials: true
        case .transport: cause.isUserError
        default: false
        }
    }

    /// Whether a command that failed so may have run all the same, wholly or in part.
    package var mayHaveTakenEffect: Bool {
        switch self {
        case .commandLost: true
        // Anything the server said in place of opening the connection is a refusal.
        case .exec(let cause): if case .transport(let error) = cause.kind { error.mayHaveReachedServer } else { false }
        case .foreignObject, .stillTerminating, .create, .notReady, .observe, .release, .kind, .sandboxBroken,
            .cancelled:
            false
        }
    }

    package var isCancelled: Bool { if case .cancelled = self { true } else { false } }
}

extension EnvironmentError: RetryTimed {
    package var retryAfter: Duration? {
        switch self {
        case .create(_, _, let cause), .observe(let cause), .release(let cause), .exec(let cause): cause.retryAfter
        case .foreignObject, .stillTerminating, .notReady, .commandLost, .sandboxBroken, .kind, .cancelled: nil
        }
    }
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
        case .commandLost(let message, _): "the sandbox was lost while the command ran: \(message)"
        case .exec(let cause): "cannot reach the sandbox: \(cause.message)"
        case .kind(let cause): "\(cause)"
        case .sandboxBroken(let why): "the sandbox takes no commands any more: \(why)"
        case .cancelled: "cancelled"
        }
    }
}
