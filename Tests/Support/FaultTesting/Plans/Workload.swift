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
    /// A task whose agent says and reads as much as a message holds.
    case brimming
    /// A pool that comes after its task, grows while it serves it, shrinks to nothing after its end, and goes.
    case pool
    /// A pool without workers goes while a task waits in it, and the task is cancelled.
    case poolWaiting
    /// A pool goes while the agent of its task waits for a command; the plan's faults begin with that.
    case poolServing
    /// A conversation that is kept when its task is deleted, and is then deleted by its user.
    case recordKept
    /// The same with a task that is deleted while its agent waits for a command; the plan's faults begin with that.
    case recordKeptEarly
    /// A conversation is deleted while the agent waits for a command, or after the end; the plan's faults begin with that.
    case recordDeleted, recordDeletedLate

    /// Of tasks, whose every write is a place to die at.
    package static let ofTasks: [Workload] = [.detection, .mitigation, .eightSteps, .cancel, .delete]
    /// Of the other kinds.
    package static let ofOtherKinds: [Workload] = [
        .pool, .poolWaiting, .poolServing, .recordKept, .recordKeptEarly, .recordDeleted, .recordDeletedLate,
    ]

    package func request(model baseURL: String) -> TaskRequest {
        let isMitigation = self == .mitigation
        let isKnown = self != .refused
        let part: ShopAgent.Part =
            switch self {
            case .eightSteps: .patient
            case .mitigation: .mender
            case .talkative: .talker
            case .brimming: .filler
            case _ where faultsBegin == .asTheAgentWaits: .sleeper
            default: .detective
            }
        let problem = "shop_lite_target_port-misconfig-\(isMitigation ? "mitigation" : "detection")"
        return TaskRequest(
            problem + (isKnown ? "-1" : "-7"),
            model: [
                "provider": "OpenAICompatible", "name": .string(part.rawValue), "baseURL": .string(baseURL),
                "credentialsSecretRef": ["name": "credentials"],
            ], isKept ? ["conversation": ["retain": "Keep"]] : [:])
    }

    /// When a plan's faults are armed.
    enum Beginning { case atOnce, asTheAgentWaits, afterTheEnd }

    var faultsBegin: Beginning {
        switch self {
        case .cancel, .delete, .poolServing, .recordKeptEarly, .recordDeleted: .asTheAgentWaits
        case .recordDeletedLate: .afterTheEnd
        default: .atOnce
        }
    }

    /// The task has no end of its own: it is deleted before.
    var isDeletedEarly: Bool { self == .delete || self == .deleteAnyTime || self == .recordKeptEarly }
    /// The agent is let go on once the user has done their part.
    var goesOn: Bool { self == .poolServing || self == .recordDeleted }
    /// A pool of the task's name serves it, and none else.
    var hasOwnPool: Bool { self == .pool || self == .poolWaiting || self == .poolServing }
    /// Its conversation outlives it.
    var isKept: Bool { self == .recordKept || self == .recordKeptEarly }
}
