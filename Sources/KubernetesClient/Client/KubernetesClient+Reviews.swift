package import JSON
import KubernetesModel

/// Somebody whom the API server knows.
package struct ReviewedUser: Sendable, Hashable {
    package var name: String
    package var uid: String
    package var groups: [String]
    package var extra: JSONObject

    package init(name: String, uid: String = "", groups: [String] = [], extra: JSONObject = [:]) {
        self.name = name
        self.uid = uid
        self.groups = groups
        self.extra = extra
    }
}

/// Questions about others: who holds a token, and what somebody may do.
extension KubernetesClient {
    private static let tokens = ResourceType(
        group: "authentication.k8s.io", version: "v1", kind: "TokenReview", plural: "tokenreviews", isNamespaced: false)
    private static let access = ResourceType(
        group: "authorization.k8s.io", version: "v1", kind: "SubjectAccessReview", plural: "subjectaccessreviews",
        isNamespaced: false)

    /// Whose token it is; nil when the server knows nobody who has it.
    package func user(ofToken token: String) async throws(KubernetesError) -> ReviewedUser? {
        let status = try await review(Self.tokens, ["token": .string(token)])
        guard status["authenticated"] == true, let user = status["user"], let name = user["username"]?.stringValue
        else { return nil }
        return ReviewedUser(
            name: name, uid: user["uid"]?.stringValue ?? "",
            groups: (user["groups"]?.arrayValue ?? []).compactMap(\.stringValue),
            extra: user["extra"]?.objectValue ?? [:])
    }

    /// Whether somebody may get a path that is no resource.
    package func mayGet(_ path: String, _ user: ReviewedUser) async throws(KubernetesError) -> Bool {
        var spec: JSONObject = [
            "user": .string(user.name), "groups": .array(user.groups.map { .string($0) }),
            "nonResourceAttributes": ["path": .string(path), "verb": "get"],
        ]
        if !user.uid.isEmpty { spec["uid"] = .string(user.uid) }
        if !user.extra.isEmpty { spec["extra"] = .object(user.extra) }
        let status = try await review(Self.access, spec)
        return status["allowed"] == true && status["denied"] != true
    }

    private func review(_ type: ResourceType, _ spec: JSONObject) async throws(KubernetesError) -> JSONValue {
        let question: JSONValue = [
            "apiVersion": .string(type.apiVersion), "kind": .string(type.kind), "spec": .object(spec),
        ]
        return try await createDynamic(type, DynamicObject(question)).value["status"] ?? .null
    }
}
