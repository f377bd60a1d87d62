/// The conditions of our kinds.
///
/// `Succeeded` is the one to wait for.
package enum ConditionType: String, Sendable, Hashable, CaseIterable {
    // Every kind: derived by one function, see `ConditionSet`.
    case succeeded = "Succeeded"
    case finished = "Finished"
    case ready = "Ready"
    case reconciling = "Reconciling"
    case stalled = "Stalled"

    // AIOpsTask
    case suspended = "Suspended"
    case admitted = "Admitted"
    case specChanged = "SpecChanged"
    case environmentReady = "EnvironmentReady"
    case applicationDeployed = "ApplicationDeployed"
    case faultInjected = "FaultInjected"
    case agentCompleted = "AgentCompleted"
    case evaluated = "Evaluated"
    case conversationPersisted = "ConversationPersisted"
    case cleanedUp = "CleanedUp"

    // WorkerPool
    case available = "Available"
    case progressing = "Progressing"
    case degraded = "Degraded"
    case budgetExceeded = "BudgetExceeded"
    case environmentLimitReached = "EnvironmentLimitReached"
    case networkIsolation = "NetworkIsolation"
    case podSecurity = "PodSecurity"
    case kindClusters = "KindClusters"
}
