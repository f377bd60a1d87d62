/// The stages of a task's life, as `status.stages` names them.
///
/// Later versions may add some.
package enum StageName: String, Sendable, Hashable, CaseIterable {
    case queued = "Queued"
    case provisioning = "Provisioning"
    case deploying = "Deploying"
    case baseline = "Baseline"
    case injecting = "Injecting"
    case running = "Running"
    case evaluating = "Evaluating"
    case recovering = "Recovering"
    case releasing = "Releasing"
}
