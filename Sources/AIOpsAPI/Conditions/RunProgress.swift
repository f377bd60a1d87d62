package import KubernetesModel

/// Where something that runs to an end stands.
///
/// All summary conditions follow from it, and only from it.
///
/// | progress | Succeeded | Finished | Ready | Reconciling | Stalled | kstatus says |
/// |---|---|---|---|---|---|---|
/// | active, suspended | Unknown | False | False | True | False | InProgress |
/// | succeeded | True | True | True | False | False | Current |
/// | failed | False | True | False | False | True | Failed |
///
/// `Reconciling` and `Stalled` are written as False rather than taken away: kstatus looks only for True, their
/// transition times then mean something, and an apply never has to remove an entry. They are never both True.
/// A cancelled run is stalled too, since nothing will make it Ready: whoever waits for it is told at once.
package enum RunProgress: Sendable, Hashable {
    case active(Reason, String)
    case suspended(Reason, String)
    case succeeded(Reason, String)
    case failed(Reason, String)

    package var isFinished: Bool {
        switch self {
        case .active, .suspended: false
        case .succeeded, .failed: true
        }
    }

    package var reason: Reason {
        switch self {
        case .active(let reason, _), .suspended(let reason, _), .succeeded(let reason, _), .failed(let reason, _):
            reason
        }
    }

    package var message: String {
        switch self {
        case .active(_, let text), .suspended(_, let text), .succeeded(_, let text), .failed(_, let text): text
        }
    }

    /// The five summary conditions, always all of them and in this order; transition times are left to the list.
    package func conditions(generation: Int64) -> [Condition] {
        let isActive = !isFinished
        let hasSucceeded = if case .succeeded = self { true } else { false }
        let states: [(ConditionType, ConditionStatus)] = [
            (.succeeded, isActive ? .unknown : ConditionStatus(hasSucceeded)),
            (.finished, ConditionStatus(!isActive)),
            (.ready, ConditionStatus(hasSucceeded)),
            (.reconciling, ConditionStatus(isActive)),
            (.stalled, ConditionStatus(!isActive && !hasSucceeded)),
        ]
        return states.map { type, status in
            Condition(type, status, reason, message, generation: generation)
        }
    }
}
