import JSON
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

    /// Of a built-in kind whoever asks for the scale is told that there is none of that.
    static func scaleNotFound(_ type: ResourceType, _ name: String) -> APIFailure {
        var part = type
        part.plural += "/scale"
        return notFound(part, name)
    }

    static func namespaceTerminating(_ type: ResourceType, _ name: String, _ namespace: String) -> APIFailure {
        APIFailure(
            403, "Forbidden",
            "\(type) \"\(name)\" is forbidden: unable to create new content in namespace \(namespace) because it is "
                + "being terminated",
            details: StatusDetails(
                name: name, group: type.group, kind: type.plural,
                causes: [
                    StatusCause(
                        reason: "NamespaceTerminating", message: "namespace \(namespace) is being terminated",
                        field: "metadata.namespace")
                ]))
    }

    static let managerRequired = invalid(
        ResourceType(group: "meta.k8s.io", version: "v1", kind: "PatchOptions", plural: ""), "",
        [
            StatusCause(
                reason: "FieldValueRequired", message: "Required value: is required for apply patch",
                field: "fieldManager")
        ])

    /// Of no kind and no name: all that is known when it is found is the text that the patch made.
    static func strictPatch(_ patched: JSONValue, _ why: String) -> APIFailure {
        invalid(
            ResourceType(group: "", version: "", kind: "", plural: ""), "",
            [
                StatusCause(
                    reason: "FieldValueInvalid",
                    message: "Invalid value: \(JSONValue.string(patched.text).text): \(why)", field: "patch")
            ])
    }

    static let noSuchPath = APIFailure(
        404, "NotFound", "the server could not find the requested resource", details: StatusDetails())

    /// Nobody is there to answer for the group: plain text, and no status.
    static let noSuchGroup = APIFailure(404, "", "404 page not found\n")

    static func alreadyExists(_ type: ResourceType, _ name: String, isDying: Bool = false) -> APIFailure {
        APIFailure(
            409, "AlreadyExists", "\(isDying ? "object is being deleted: " : "")\(type) \"\(name)\" already exists",
            details: details(type, name))
    }

    /// In the words of the store, which names the place where it keeps the object.
    static func otherUID(_ type: ResourceType, _ key: ObjectKey, wanted: String, found: String) -> APIFailure {
        conflict(
            type, key.name,
            "StorageError: invalid object, Code: 4, Key: /memory/\(type.plural)/\(key), ResourceVersion: 0, "
                + "AdditionalErrorMsg: Precondition failed: UID in precondition: \(wanted), UID in object meta: \(found)"
        )
    }

    /// Custom kinds are not replaced without saying which state is.
    static func versionRequired(_ type: ResourceType, _ name: String, _ profile: ServerProfile) -> APIFailure {
        let value = profile == .v1_36 ? "0" : "0x0"
        var failure = invalid(
            type, name,
            [
                StatusCause(
                    reason: "FieldValueInvalid", message: "Invalid value: \(value): must be specified for an update",
                    field: "metadata.resourceVersion")
            ])
        failure.status.message = failure.status.message.replacing("\(type.kind).\(type.group)", with: "\(type)")
        failure.status.details?.kind = type.plural
        return failure
    }

    /// Found twice, and told once.
    static func immutableUID(_ type: ResourceType, _ name: String, _ uid: String) -> APIFailure {
        let cause = StatusCause(
            reason: "FieldValueInvalid", message: "Invalid value: \"\(uid)\": field is immutable", field: "metadata.uid"
        )
        return invalid(type, name, [cause, cause])
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
        if clashes.count == 1 {
            list = "1 conflict: \(causes[0].message): \(causes[0].field)"
        } else {
            let lines = Dictionary(grouping: clashes, by: { holder($0.0) }).sorted { $0.key < $1.key }.map {
                name, fields in
                "conflicts with \(name):" + fields.map { "\n- \(FieldSet.text($0.1))" }.sorted().joined()
            }
            list = "\(clashes.count) conflicts: " + lines.joined(separator: "\n")
        }
        return APIFailure(
            409, "Conflict", "Apply failed with \(list)", details: StatusDetails(causes: causes))
    }

    static func invalid(_ type: ResourceType, _ name: String, _ causes: [StatusCause]) -> APIFailure {
        var told: [String] = []
        for text in causes.map({ "\($0.field): \($0.message)" }) where !told.contains(text) { told.append(text) }
        let all = told.joined(separator: ", ")
        let list = told.count > 1 ? "[\(all)]" : all
        let kind = type.group.isEmpty ? type.kind : "\(type.kind).\(type.group)"
        return APIFailure(
            422, "Invalid", "\(kind) \"\(name)\" is invalid: \(list)",
            details: StatusDetails(name: name, group: type.group, kind: type.kind, causes: causes))
    }

    /// The same refusal with one more reason.
    func and(_ cause: StatusCause) -> APIFailure {
        let causes = (status.details?.causes ?? []) + [cause]
        let type = ResourceType(
            group: status.details?.group ?? "", version: "v1", kind: status.details?.kind ?? "", plural: "")
        return .invalid(type, status.details?.name ?? "", causes)
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
