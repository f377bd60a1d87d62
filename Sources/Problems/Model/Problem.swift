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
    /// A digest of the definition; results of different revisions are not comparable.
    package var revision: String

    package init(
        id: String, taskType: TaskType, application: ApplicationSpec, fault: FaultSpec, truth: Truth,
        oracle: OracleSettings = OracleSettings(), limits: ProblemLimits = ProblemLimits(), revision: String = ""
    ) {
        self.id = id
        self.taskType = taskType
        self.application = application
        self.fault = fault
        self.truth = truth
        self.oracle = oracle
        self.limits = limits
        self.revision = revision
    }
}
