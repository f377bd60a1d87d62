package import KubernetesModel

/// What becomes of one request on its way.
package enum Mishap: Sendable, Hashable {
    case none
    /// It never arrives.
    case lost
    /// It is done, but nobody hears of it.
    case replyLost
    /// The server does nothing and answers so.
    case refused(Status)
    /// It arrives, and is answered, so much later.
    case delayed(Duration)
    /// The process is killed before it leaves.
    case deathBefore
    /// The process is killed when the world has done it, before the reply is there.
    case deathAfter
    /// The process is killed when the reply is there, before it does anything about it.
    case deathAfterReply

    /// How long whoever meets it is asked to stay away.
    var retryAfter: Duration {
        guard case .refused(let status) = self else { return .zero }
        return .seconds(status.details?.retryAfterSeconds ?? 0)
    }

    package static func conflict(_ exchange: Exchange) -> Mishap {
        .refused(
            Status(
                code: 409, reason: "Conflict",
                message: "Operation cannot be fulfilled on \(exchange.target): the object has been modified; please "
                    + "apply your changes to the latest version and try again"))
    }

    package static func throttled(_ seconds: Int?) -> Mishap {
        .refused(
            Status(
                code: 429, reason: "TooManyRequests", message: "the server has received too many requests",
                details: seconds.map { StatusDetails(retryAfterSeconds: $0) }))
    }

    package static func failed(_ code: Int) -> Mishap {
        .refused(Status(code: code, reason: code == 500 ? "InternalError" : "ServiceUnavailable", message: "weather"))
    }
}
