import ClusterTesting
import JSON
import KubernetesClient
import KubernetesModel
import Primitives

/// A verb for a resource, as the chart's ClusterRole gives it to the operator.
package struct OperatorRight: Sendable {
    package var verb: String
    package var group: String
    /// With its subresource, `aiopstasks/status`.
    package var resource: String

    package init(_ verb: String, _ resource: String, group: String = "") {
        self.verb = verb
        self.group = group
        self.resource = resource
    }

    /// As the API server itself says that it is missing.
    package var refusal: String { "cannot \(verb) resource \"\(resource)\" in API group \"\(group)\"" }

    package func isNeeded(for request: JournalEntry) -> Bool {
        let suffix = request.subresource.isEmpty ? "" : "/\(request.subresource)"
        return request.verb == verb && request.resource + suffix == resource
    }

    private static let role = ObjectKey(namespace: "", name: "aiops-operator")
    private static let reviews = ResourceType(
        group: "authorization.k8s.io", version: "v1", kind: "SubjectAccessReview", plural: "subjectaccessreviews",
        isNamespaced: false)

    /// Takes these rights out of the role, and no others, and returns once the server refuses them.
    static func take(_ rights: [OperatorRight], from user: String, _ cluster: TestCluster) async throws {
        let rules = try await cluster.client.getDynamic(.clusterRoles, role).value["rules"]?.arrayValue ?? []
        let left = rights.reduce(rules) { rules, right in rules.flatMap { right.taken(from: $0) } }
        guard left != rules else { throw NeverHappened("the operator's role has none of \(rights)") }
        _ = try await cluster.client.patchDynamic(.clusterRoles, role, .merge(["rules": .array(left)]))
        for right in rights { try await right.awaitAllowed(false, user, cluster) }
    }

    /// The role as it was before ``take(_:from:_:)``.
    static func giveBack(_ rights: [OperatorRight], to user: String, _ cluster: TestCluster) async throws {
        try await OperatorRights.restore(cluster)
        for right in rights { try await right.awaitAllowed(true, user, cluster) }
    }

    /// The rule without this right: the resource keeps its other verbs in a rule of its own.
    private func taken(from rule: JSONValue) -> [JSONValue] {
        let resources = rule["resources"]?.arrayValue ?? []
        let verbs = rule["verbs"]?.arrayValue ?? []
        guard rule["apiGroups"] == [.string(group)], resources.contains(.string(resource)),
            verbs.contains(.string(verb)), rule["resourceNames"] == nil
        else { return [rule] }
        var others = rule
        others["resources"] = .array(resources.filter { $0 != .string(resource) })
        var own = rule
        own["resources"] = [.string(resource)]
        own["verbs"] = .array(verbs.filter { $0 != .string(verb) })
        return [others, own].filter { $0["resources"] != [] && $0["verbs"] != [] }
    }

    /// The server learns of a changed role some moments later.
    private func awaitAllowed(_ expected: Bool, _ user: String, _ cluster: TestCluster) async throws {
        let names = resource.split(separator: "/", maxSplits: 1).map { JSONValue.string(String($0)) }
        var attributes: JSONObject = ["verb": .string(verb), "group": .string(group), "resource": names[0]]
        if names.count > 1 { attributes["subresource"] = names[1] }
        let review: JSONValue = [
            "apiVersion": .string(Self.reviews.apiVersion), "kind": .string(Self.reviews.kind),
            "spec": ["user": .string(user), "resourceAttributes": .object(attributes)],
        ]
        try await eventually("\(verb) \(resource) is \(expected ? "allowed" : "refused")", every: .milliseconds(50)) {
            let answer = try await cluster.client.createDynamic(Self.reviews, DynamicObject(review)).value
            return .holds(answer["status"]?["allowed"] == .bool(expected), else: answer.text)
        }
    }
}

extension FaultSession.Running {
    /// Takes rights of the operator away on the API server; what takes them gives them back.
    package func take(_ rights: [OperatorRight]) async throws {
        try await OperatorRight.take(rights, from: rig.user, cluster)
    }

    package func giveBack(_ rights: [OperatorRight]) async throws {
        try await OperatorRight.giveBack(rights, to: rig.user, cluster)
    }

    /// The plan's task runs without these rights until the end of it.
    package func without(
        _ rights: [OperatorRight], _ body: () async throws -> PlanResult
    ) async throws -> PlanResult {
        try await take(rights)
        do {
            let result = try await body()
            try await giveBack(rights)
            return result
        } catch {
            try await giveBack(rights)
            throw error
        }
    }
}
