package import KubernetesModel

/// A refusal by the in-memory server, in the words of the real one.
package struct APIFailure: Error, Sendable {
    package var status: Status

    package init(_ status: Status) { self.status = status }

    package init(
        _ code: Int, _ reason: String, _ message: String, details: StatusDetails? = nil
    ) {
        status = Status(code: code, reason: reason, message: message, details: details)
    }

    static func notFound(_ type: ResourceType, _ name: String) -> APIFailure {
        APIFailure(404, "NotFound", "\(type) \"\(name)\" not found", details: details(type, name))
    }

    static let noSuchPath = APIFailure(404, "NotFound", "the server could not find the requested resource")

    static func alreadyExists(_ type: ResourceType, _ name: String) -> APIFailure {
        APIFailure(409, "AlreadyExists", "\(type) \"\(name)\" already exists", details: details(type, name))
    }

    static func conflict(_ type: ResourceType, _ name: String, _ why: String) -> APIFailure {
        APIFailure(
            409, "Conflict", "Operation cannot be fulfilled on \(type) \"\(name)\": \(why)",
            details: details(type, name))
    }

    static func modified(_ type: ResourceType, _ name: String) -> APIFailure {
        conflict(
            type, name,
            "the object has been modified; please apply your changes to the latest version and try again")
    }

    static func invalid(_ type: ResourceType, _ name: String, _ causes: [StatusCause]) -> APIFailure {
        let list = causes.map { "\($0.field): \($0.message)" }.joined(separator: ", ")
        let kind = type.group.isEmpty ? type.kind : "\(type.kind).\(type.group)"
        return APIFailure(
            422, "Invalid", "\(kind) \"\(name)\" is invalid: \(list)",
            details: StatusDetails(name: name, group: type.group, kind: type.kind, causes: causes))
    }

    static func badRequest(_ message: String) -> APIFailure { APIFailure(400, "BadRequest", message) }

    static let patchRejected = APIFailure(
        422, "Invalid", "the server rejected our request due to an error in our request", details: StatusDetails())

    static func expired(_ message: String) -> APIFailure { APIFailure(410, "Expired", message) }

    static func tooLarge(_ version: Int64, current: Int64) -> APIFailure {
        APIFailure(
            504, "Timeout", "Timeout: Too large resource version: \(version), current: \(current)",
            details: StatusDetails(
                causes: [StatusCause(reason: "ResourceVersionTooLarge", message: "Too large resource version")],
                retryAfterSeconds: 1))
    }

    private static func details(_ type: ResourceType, _ name: String) -> StatusDetails {
        StatusDetails(name: name, group: type.group, kind: type.plural)
    }
}
