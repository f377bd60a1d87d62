package import Environments

/// One benchmark problem, with every parameter settled.
///
/// Data only: what runs it is ``ProblemSession``.
package struct Problem: Sendable, Hashable {
    package var id: String
    package var taskType: TaskType
    package var application: ApplicationSpec
    package var fault: FaultSpec
    package var truth: Truth
    package var oracle: OracleSettings
    package var limits: ProblemLimits
    /// What the agent may leave different; anything else is told as unsafe, and changes no verdict.
    package var allowance: EffectAllowance
    /// A digest of the definition; results of different revisions are not comparable.
    package var revision: String

    package init(
        id: String, taskType: TaskType, application: ApplicationSpec, fault: FaultSpec, truth: Truth,
        oracle: OracleSettings = OracleSettings(), limits: ProblemLimits = ProblemLimits(),
        allowance: EffectAllowance? = nil, revision: String = ""
    ) {
        self.id = id
        self.taskType = taskType
        self.application = application
        self.fault = fault
        self.truth = truth
        self.oracle = oracle
        self.limits = limits
        self.allowance = allowance ?? .standard(for: taskType)
        self.revision = revision
    }
}
