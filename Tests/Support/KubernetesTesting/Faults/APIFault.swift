package import HTTP
package import KubernetesModel
import Primitives

/// What a test can make go wrong with a request.
package enum APIFault: Sendable {
    /// The server answers so and does nothing.
    case answer(Status)
    /// The request never arrives.
    case lose(HTTPError)
    /// The server does what it is asked to, but its reply is lost.
    case loseReply(HTTPError)
}

/// The faults that wait for their request.
struct FaultPlan: Sendable {
    private struct Planned: Sendable {
        var fault: APIFault
        var left: Int
        var matches: @Sendable (APICall) -> Bool
    }

    private var planned: [Planned] = []

    mutating func add(_ fault: APIFault, times: Int, _ matches: @escaping @Sendable (APICall) -> Bool) {
        planned.append(Planned(fault: fault, left: times, matches: matches))
    }

    mutating func take(for call: APICall) -> APIFault? {
        guard let index = planned.firstIndex(where: { $0.matches(call) }) else { return nil }
        let fault = planned[index].fault
        planned[index].left -= 1
        if planned[index].left <= 0 { planned.remove(at: index) }
        return fault
    }
}
