package import KubernetesModel

/// Where something that stays, such as a pool, stands.
///
/// It has no end, so neither `Succeeded` nor `Finished`.
///
/// | progress | Ready | Reconciling | Stalled | kstatus says |
/// |---|---|---|---|---|
/// | serving | True | False | False | Current |
/// | progressing | False | True | False | InProgress |
/// | stalled | False | False | True | Failed |
package enum ServiceProgress: Sendable, Hashable {
    case serving(Reason, String)
    case progressing(Reason, String)
    /// Only its author can mend it.
    case stalled(Reason, String)

    package func conditions(generation: Int64) -> [Condition] {
        let (ready, reconciling, stalled, reason, message) =
            switch self {
            case .serving(let reason, let text): (true, false, false, reason, text)
            case .progressing(let reason, let text): (false, true, false, reason, text)
            case .stalled(let reason, let text): (false, false, true, reason, text)
            }
        return [(ConditionType.ready, ready), (.reconciling, reconciling), (.stalled, stalled)].map { type, holds in
            Condition(type, ConditionStatus(holds), reason, message, generation: generation)
        }
    }
}
