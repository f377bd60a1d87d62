import Environments
import KubernetesClient
import Problems

/// Which failures of a stage are the cluster's and may pass, so that the stage is run again within its time.
///
/// A system that did not get healthy in time is none of them: waiting for it was the stage's own work.
enum PassingFailure {
    static func includes(_ error: any Error) -> Bool {
        switch error {
        case let error as KubernetesError: error.isRetryable
        case let error as EnvironmentError: includes(error)
        case let error as ProblemError: includes(error)
        default: false
        }
    }

    private static func includes(_ error: EnvironmentError) -> Bool {
        switch error {
        case .create, .observe, .release, .exec, .stillTerminating, .commandLost: error.isRetryable
        case .kind(let cause): cause.isPassing
        case .foreignObject, .notReady, .sandboxBroken, .cancelled: false
        }
    }

    private static func includes(_ error: ProblemError) -> Bool {
        switch error {
        case .deploy, .observe, .inject, .recover, .probe: error.isRetryable
        case .unknownProblem, .invalidParameter, .invalidDefinition, .notHealthy, .baselineTooLarge, .unreadableRecord,
            .faultNotApplicable, .notInEffect, .cancelled:
            false
        }
    }
}
