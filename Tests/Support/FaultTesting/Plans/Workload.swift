package import ClusterTesting
import JSON

/// What users do while something goes wrong.
package enum Workload: String, Sendable, CaseIterable {
    /// A task runs to its end and is deleted.
    case detection, mitigation
    /// The same with an agent of eight steps.
    case eightSteps
    /// A task is cancelled, or deleted, while its agent waits for a command; the plan's faults begin with that.
    case cancel, delete
    /// A task is deleted by the plan itself, at a moment of its choice.
    case deleteAnyTime
    /// A task that is refused at admission.
    case refused
    /// A task whose agent prints and says more than anything can hold.
    case talkative

    package func request(model baseURL: String) -> TaskRequest {
        let isMitigation = self == .mitigation
        let isKnown = self != .refused
        let part: ShopAgent.Part =
            switch self {
            case .detection, .refused, .deleteAnyTime: .detective
            case .eightSteps: .patient
            case .mitigation: .mender
            case .talkative: .talker
            case .cancel, .delete: .sleeper
            }
        let problem = "shop_lite_target_port-misconfig-\(isMitigation ? "mitigation" : "detection")"
        return TaskRequest(
            problem + (isKnown ? "-1" : "-7"),
            model: [
                "provider": "OpenAICompatible", "name": .string(part.rawValue), "baseURL": .string(baseURL),
                "credentialsSecretRef": ["name": "credentials"],
            ])
    }

    var isInterrupted: Bool { self == .cancel || self == .delete }
}
