/// A task's spec with every default filled in: from the spec, else from the pool it runs in, else the API's own.
///
/// What is still optional has no default: absent means no limit, or not wanted.
package struct EffectiveTask: Sendable, Hashable {
    package enum Work: Sendable, Hashable {
        case problem(AIOpsTask.ProblemWork)
        case query(AIOpsTask.QueryWork)
        case workflow(AIOpsTask.WorkflowWork)
        case dispatch(AIOpsTask.DispatchWork)
    }

    package var work: Work
    package var strategy: AgentStrategy
    package var role: AgentRole?
    package var model: EffectiveModel
    /// Nil: all that fit the work.
    package var tools: [String]?
    package var toolStyle: AgentToolStyle

    package var environmentType: EnvironmentType
    package var existing: AIOpsTask.ExistingEnvironment?
    package var kindNodeImage: String?
    package var kindWorkers: Int
    /// Kind configuration as YAML text, from the pool.
    package var kindConfig: String?
    package var retainOnSuccessSeconds: Int64
    package var retainOnFailureSeconds: Int64
    package var requiresPodSecurity: Bool
    package var requiresNetworkIsolation: Bool

    package var maxSteps: Int
    package var timeoutSeconds: Int64
    package var startDeadlineSeconds: Int64?
    package var maxTokens: Int64?
    /// In billionths of a US dollar.
    package var maxCostNanos: Int64?

    package var priority: Int
    package var poolName: String
    /// Nil: that of the task, then the operator's.
    package var poolNamespace: String?

    package var retryLimit: Int
    package var retryOn: [RetryCause]
    package var retryBackoffSeconds: Int64

    package var approvalPolicy: ApprovalPolicy
    package var approvalTimeoutSeconds: Int64
    package var approvalOnTimeout: ApprovalTimeoutAction

    package var successPolicy: SuccessPolicy
    package var cache: CachePolicy
    package var callback: AIOpsTask.Callback?
    package var seed: Int64
    package var isSuspended: Bool
    package var cancel: CancelMode?
    package var ttlSecondsAfterFinished: Int64?
    package var conversationRetention: ConversationRetention
}
