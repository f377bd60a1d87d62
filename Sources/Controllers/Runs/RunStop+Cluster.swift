import AIOpsAPI
import KubernetesClient

extension RunStop {
    /// What a request of the run itself means for it when it failed, once it was tried for as long as `Patience` has.
    ///
    /// A server that is away is nobody's failure: whoever holds the claim goes on from status when it is back.
    init(_ error: KubernetesError, _ reason: Reason, _ what: String) {
        let mayPass = error.isCancelled || error.isRetryable
        self = mayPass ? .interrupted : .failed(TaskFailure(.infrastructure, reason, what, cause: error))
    }
}
