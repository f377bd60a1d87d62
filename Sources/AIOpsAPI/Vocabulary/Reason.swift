/// Why something is as it is: the machine-readable word of a condition.
///
/// Few and stable, since people alert on them. An open set, because a newer operator may have written the object.
package struct Reason: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    package var rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    private init(_ rawValue: String) { self.rawValue = rawValue }

    package var description: String { rawValue }

    // Waiting
    package static let pending = Reason("Pending")
    package static let queued = Reason("Queued")
    package static let waitingForWorker = Reason("WaitingForWorker")
    package static let queueFull = Reason("QueueFull")
    package static let rateLimited = Reason("RateLimited")
    package static let circuitOpen = Reason("CircuitOpen")
    package static let poolOnHold = Reason("PoolOnHold")
    package static let suspendedByUser = Reason("SuspendedByUser")
    package static let notSuspended = Reason("NotSuspended")
    package static let waitingForApproval = Reason("WaitingForApproval")
    package static let retrying = Reason("Retrying")
    package static let quotaReserved = Reason("QuotaReserved")

    // Working
    package static let provisioning = Reason("Provisioning")
    package static let deploying = Reason("Deploying")
    package static let injecting = Reason("Injecting")
    package static let running = Reason("Running")
    package static let evaluating = Reason("Evaluating")
    package static let cleaningUp = Reason("CleaningUp")
    package static let retained = Reason("Retained")
    package static let notNeeded = Reason("NotNeeded")
    /// The end came before it.
    package static let notReached = Reason("NotReached")
    package static let done = Reason("Done")

    // Ended
    package static let completed = Reason("Completed")
    package static let cancelled = Reason("Cancelled")
    package static let timedOut = Reason("TimedOut")
    package static let startDeadlineExceeded = Reason("StartDeadlineExceeded")
    package static let stepLimitReached = Reason("StepLimitReached")
    package static let tokenLimitReached = Reason("TokenLimitReached")
    package static let budgetExceeded = Reason("BudgetExceeded")
    package static let modelRefused = Reason("ModelRefused")
    package static let replyTooLong = Reason("ReplyTooLong")
    package static let emptyReplies = Reason("EmptyReplies")
    package static let verdictNotPassed = Reason("VerdictNotPassed")
    package static let retriesExhausted = Reason("RetriesExhausted")

    // The user's to mend
    package static let invalidSpec = Reason("InvalidSpec")
    package static let specChanged = Reason("SpecChanged")
    package static let specAsAdmitted = Reason("SpecAsAdmitted")
    package static let problemNotFound = Reason("ProblemNotFound")
    package static let poolNotFound = Reason("PoolNotFound")
    package static let namespaceNotAllowed = Reason("NamespaceNotAllowed")
    package static let noMatchingRoute = Reason("NoMatchingRoute")
    package static let credentialsMissing = Reason("CredentialsMissing")
    package static let credentialsNotAllowed = Reason("CredentialsNotAllowed")
    package static let hostNotAllowed = Reason("HostNotAllowed")
    package static let priceUnknown = Reason("PriceUnknown")
    package static let conversationStorageFull = Reason("ConversationStorageFull")
    package static let podSecurityNotEnforced = Reason("PodSecurityNotEnforced")
    package static let notSupported = Reason("NotSupported")

    // Something failed
    package static let provisioningFailed = Reason("ProvisioningFailed")
    package static let deploymentFailed = Reason("DeploymentFailed")
    package static let injectionFailed = Reason("InjectionFailed")
    package static let evaluationFailed = Reason("EvaluationFailed")
    package static let cleanUpStuck = Reason("CleanUpStuck")
    package static let cleanUpFailed = Reason("CleanUpFailed")
    package static let providerAuthFailed = Reason("ProviderAuthFailed")
    package static let providerUnavailable = Reason("ProviderUnavailable")
    package static let providerRefused = Reason("ProviderRefused")
    package static let agentFailed = Reason("AgentFailed")
    package static let workerLost = Reason("WorkerLost")
    package static let environmentLost = Reason("EnvironmentLost")
    package static let conversationDamaged = Reason("ConversationDamaged")
    package static let conversationDeleted = Reason("ConversationDeleted")
    package static let internalError = Reason("InternalError")

    // Pools
    package static let workersReady = Reason("WorkersReady")
    package static let noWorkers = Reason("NoWorkers")
    package static let scaling = Reason("Scaling")
    package static let withinBudget = Reason("WithinBudget")
    package static let environmentLimitReached = Reason("EnvironmentLimitReached")
    package static let withinEnvironmentLimit = Reason("WithinEnvironmentLimit")
    package static let networkPolicyEnforced = Reason("NetworkPolicyEnforced")
    package static let networkPolicyNotEnforced = Reason("NetworkPolicyNotEnforced")
    package static let networkPolicyUnproven = Reason("NetworkPolicyUnproven")
    package static let podSecurityEnforced = Reason("PodSecurityEnforced")
    package static let podSecurityUnproven = Reason("PodSecurityUnproven")
    package static let kindReady = Reason("KindReady")
    package static let kindUnavailable = Reason("KindUnavailable")
    package static let kindVersionUnsupported = Reason("KindVersionUnsupported")
    package static let containerEngineUnavailable = Reason("ContainerEngineUnavailable")
}
