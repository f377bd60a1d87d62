import Primitives
package import Processes

/// What can go wrong with a Kind cluster, by the step that failed.
package enum KindError: Error, Sendable, Hashable {
    /// What was asked of kind.
    package enum Step: String, Sendable, Hashable, CaseIterable {
        case version, list, create, delete, kubeconfig
    }

    /// This operator was started without kind.
    case notConfigured
    case program(Step, ProcessError)
    case unsupportedVersion(String)
    case failed(Step, KindFailure, detail: String)
    case timedOut(Step, after: Duration)
    case invalidConfiguration(String)
    /// It was asked to delete a cluster that is not the task's.
    case foreignCluster(String)
    case unusableKubeconfig(String)
    case cancelled
}

extension KindError {
    /// Whether the same call may succeed later without anybody changing anything.
    package var isRetryable: Bool {
        switch self {
        case .program(_, let cause): cause.isRetryable
        case .failed(_, let failure, _):
            switch failure {
            case .noEngine, .noSpace, .portTaken, .nameTaken, .nodeFailed, .noSuchCluster, .other: true
            case .noSuchAddress, .imageMissing, .invalidConfiguration: false
            }
        case .timedOut, .notConfigured: true
        case .unsupportedVersion, .invalidConfiguration, .foreignCluster, .unusableKubeconfig, .cancelled: false
        }
    }

    /// Whether somebody has to install or to configure something.
    package var isUserError: Bool {
        switch self {
        case .program(_, let cause): cause.isUserError
        case .failed(_, let failure, _):
            switch failure {
            case .noEngine, .noSpace, .imageMissing, .invalidConfiguration, .noSuchAddress: true
            case .portTaken, .nameTaken, .nodeFailed, .noSuchCluster, .other: false
            }
        case .notConfigured, .unsupportedVersion, .invalidConfiguration, .foreignCluster: true
        case .timedOut, .unusableKubeconfig, .cancelled: false
        }
    }

    /// Whether the step of a run is to be taken again at once: not where it costs minutes to fail again.
    package var isPassing: Bool {
        switch self {
        case .failed(_, .noEngine, _), .failed(_, .portTaken, _), .failed(_, .nameTaken, _): true
        case .timedOut(let step, _): step != .create
        default: false
        }
    }
}

extension KindError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notConfigured: "this operator was started without Kind (--kind)"
        case .program(_, let cause): "kind: \(cause)"
        case .unsupportedVersion(let said):
            "kind \(KindVersion.oldest) or newer is needed; this one says \"\(said.prefix(100))\""
        case .failed(let step, let failure, let detail): "\(failure.words) (kind, \(step.words)): \(detail)"
        case .timedOut(let step, let limit): "kind was still \(step.words) after \(limit.wholeSeconds) s and was ended"
        case .invalidConfiguration(let why): "the Kind configuration cannot be used: \(why)"
        case .foreignCluster(let name): "Kind cluster \(name) is not this task's; it is left alone"
        case .unusableKubeconfig(let why): "the kubeconfig of the Kind cluster cannot be used: \(why)"
        case .cancelled: "cancelled"
        }
    }
}

extension KindError.Step {
    package var words: String {
        switch self {
        case .version: "telling its version"
        case .list: "listing clusters"
        case .create: "creating a cluster"
        case .delete: "deleting a cluster"
        case .kubeconfig: "giving a kubeconfig"
        }
    }
}

extension KindFailure {
    package var words: String {
        switch self {
        case .noEngine: "the container engine cannot be reached"
        case .noSpace: "the container engine has no space left"
        case .portTaken: "the port of the API server is taken"
        case .noSuchAddress: "the engine's machine has no such address"
        case .imageMissing: "the node image is not there and cannot be pulled"
        case .nameTaken: "a cluster of that name exists"
        case .invalidConfiguration: "the configuration is refused"
        case .nodeFailed: "Kubernetes did not start in the node"
        case .noSuchCluster: "there is no such cluster"
        case .other: "it failed"
        }
    }
}
