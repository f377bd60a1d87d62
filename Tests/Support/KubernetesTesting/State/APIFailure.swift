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

    /// Some refusals call the resource by its kind; then `named` is that.
    static func conflict(
        _ type: ResourceType, _ name: String, _ why: String, named kind: String? = nil
    ) -> APIFailure {
        let word = kind.map { type.group.isEmpty ? $0 : "\($0).\(type.group)" } ?? "\(type)"
        return APIFailure(
            409, "Conflict", "Operation cannot be fulfilled on \(word) \"\(name)\": \(why)",
            details: StatusDetails(name: name, group: type.group, kind: kind ?? type.plural))
    }

    static func modified(_ type: ResourceType, _ name: String) -> APIFailure {
        conflict(
            type, name,
            "the object has been modified; please apply your changes to the latest version and try again")
    }

    /// What an apply without force collides with, in the words of either server.
    static func applyConflict(
        _ clashes: [(FieldManager, [String])], _ profile: ServerProfile, apiVersion: String
    ) -> APIFailure {
        func holder(_ manager: FieldManager) -> String {
            var text = "\"\(manager.name)\""
            if let subresource = manager.subresource { text += " with subresource \"\(subresource)\"" }
            return manager.isApply ? text : text + " using \(apiVersion)"
        }
        let causes = clashes.map { manager, path in
            StatusCause(
                reason: "FieldManagerConflict", message: "conflict with \(holder(manager))", field: FieldSet.text(path))
        }
        let list: String
        if clashes.count == 1, profile == .v1_36 {
            list = "1 conflict: \(causes[0].message): \(causes[0].field)"
        } else {
            let lines = clashes.map { "conflicts with \(holder($0.0)):\n- \(FieldSet.text($0.1))" }
            list = "\(clashes.count) conflict\(clashes.count == 1 ? "" : "s"): " + lines.joined(separator: "\n")
        }
        return APIFailure(
            409, "Conflict", "Apply failed with \(list)", details: StatusDetails(causes: causes))
    }

    static func invalid(_ type: ResourceType, _ name: String, _ causes: [StatusCause]) -> APIFailure {
        let all = causes.map { "\($0.field): \($0.message)" }.joined(separator: ", ")
        let list = causes.count > 1 ? "[\(all)]" : all
        let kind = type.group.isEmpty ? type.kind : "\(type.kind).\(type.group)"
        return APIFailure(
            422, "Invalid", "\(kind) \"\(name)\" is invalid: \(list)",
            details: StatusDetails(name: name, group: type.group, kind: type.kind, causes: causes))
    }

    static func badRequest(_ message: String) -> APIFailure { APIFailure(400, "BadRequest", message) }

    static let initializing = APIFailure(
        429, "TooManyRequests", "storage is (re)initializing", details: StatusDetails(retryAfterSeconds: 1))

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
