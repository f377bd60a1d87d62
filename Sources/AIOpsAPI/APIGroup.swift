/// Names under which our kinds and marks live.
package enum APIGroup {
    package static let name = "aiops.dev"
    package static let version = "v1alpha1"
    package static let category = "aiops"

    /// Keeps a task until everything made for it is gone.
    package static let environmentFinalizer = "aiops.dev/environment"
    /// On everything made for a task: only the uid, so that nothing tells what the task is about.
    package static let taskUIDLabel = "aiops.dev/task-uid"
    package static let attemptLabel = "aiops.dev/attempt"
    /// On a conversation and its ConfigMaps.
    package static let conversationLabel = "aiops.dev/conversation"
    /// Type of the Secrets that hold model keys; other Secrets are refused.
    package static let credentialsSecretType = "aiops.dev/model-credentials"
    /// The pool used when a task names none.
    package static let defaultPoolName = "default"
}
