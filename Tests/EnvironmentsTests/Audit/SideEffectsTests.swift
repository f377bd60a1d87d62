import Environments
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import LifecycleTesting
import Testing

/// What differs in an agent's reach, and whether a problem allows it.
@Suite(.timeLimit(.minutes(1)))
struct SideEffectsTests {
    private let server: InMemoryAPIServer
    private let client: KubernetesClient

    init() {
        let time = ManualTimeSource()
        server = InMemoryAPIServer(time: time)
        client = TestClient.make(server, time)
        for namespace in ["env-1", "other"] { server.addNamespace(namespace) }
        put(.services, "store", ["spec": ["ports": [["port": 80]]]])
        put(.services, "front", ["spec": ["ports": [["port": 80]]]])
        put(.configMaps, "shop", ["data": ["a": "b"]])
        put(.deployments, "store", ["spec": ["replicas": 1]])
        put(.pods, "store-1", owner: "store")
        put(.services, "elsewhere", namespace: "other")
    }

    private func put(
        _ type: ResourceType, _ name: String, _ body: JSONValue = [:], namespace: String = "env-1", owner: String? = nil
    ) {
        var object = body
        object["metadata"] = ["name": .string(name), "namespace": .string(namespace)]
        if let owner {
            object["metadata"]?["ownerReferences"] = [
                [
                    "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": .string(owner), "uid": "u",
                    "controller": true,
                ]
            ]
        }
        server.put(type, object)
    }

    private func key(_ name: String, _ namespace: String = "env-1") -> ObjectKey {
        ObjectKey(namespace: namespace, name: name)
    }

    private func look(_ type: TaskType = .mitigation) async throws -> ReachSnapshot {
        try await ReachObserver(client: client, namespace: "env-1", taskType: type).observe()
    }

    @Test func nothingDiffersWhereNothingWasDone() async throws {
        let before = try await look()
        #expect(before.objects.map(\.place).contains("Service/store") && !before.isPartial)
        #expect(!before.objects.contains { $0.name == "elsewhere" })
        // What controllers write into a status is none of the agent's doing.
        server.modify(.deployments, key("store")) { $0["status"] = ["replicas": 1] }
        server.modify(.pods, key("store-1")) { $0["status"] = ["phase": "Running"] }
        let effects = SideEffects(from: before, to: try await look())
        #expect(effects.created + effects.changed + effects.deleted == [] && effects.consequences == 0)
        #expect(effects.isSafe(under: EffectAllowance()))
    }

    @Test func whatWasMadeChangedAndDeletedIsNamedAndWhatFollowedIsCounted() async throws {
        let before = try await look()
        try await client.delete(.services, key("front"))
        try await client.delete(.configMaps, key("shop"))
        put(.configMaps, "shop", ["data": ["a": "b"]])
        put(.configMaps, "notes")
        _ = try await client.patch(
            Service.self, key("store"), .merge(["spec": ["ports": [["port": 81]]]]))
        put(.pods, "store-2", owner: "store")
        try await client.delete(.pods, key("store-1"))
        let effects = SideEffects(from: before, to: try await look())
        #expect(effects.created == ["ConfigMap/notes"])
        #expect(effects.changed == ["ConfigMap/shop", "Service/store"])
        #expect(effects.deleted == ["Service/front"])
        #expect(effects.consequences == 2)
    }

    /// Every kind that a Role names is looked at, and nothing that controllers write all the time.
    @Test(arguments: TaskType.allCases)
    func allThatARoleLetsAnAgentChangeIsLookedAt(type: TaskType) async throws {
        let rules = SandboxAccess.rules(for: type)
        let writable = rules.filter { !Set($0.verbs).isDisjoint(with: ["create", "update", "patch", "delete"]) }
            .flatMap(\.resources).map { String($0.prefix { $0 != "/" }) }
        _ = try await look(type)
        let listed = Set(server.calls.filter { $0.verb == "list" }.map(\.type.plural))
        #expect(listed.isSuperset(of: writable), "\(Set(writable).subtracting(listed))")
        #expect(listed.isDisjoint(with: ["events", "endpoints", "endpointslices", "secrets"]))
        #expect(listed.isSuperset(of: ["pods", "services", "configmaps", "deployments", "jobs"]))
    }

    @Test func aLookThatIsNotWholeSaysSo() async throws {
        let refusal = Status(code: 403, reason: "Forbidden", message: "no")
        server.inject(.answer(refusal), times: 1) { $0.verb == "list" && $0.type == .configMaps }
        let partial = try await look()
        #expect(partial.isPartial && !partial.objects.contains { $0.kind == "ConfigMap" })
        #expect(SideEffects(from: partial, to: try await look()).isPartial)
    }

    @Test func snapshotsSurviveBeingWrittenDown() async throws {
        let seen = try await look()
        #expect(ReachSnapshot(encoded: seen.encoded) == seen)
        for text in ["", "{}", "[]", "{\"partial\":false,\"objects\":[[1]]}", "x"] {
            #expect(ReachSnapshot(encoded: text) == nil)
        }
        let object = try #require(seen.objects.first)
        let many = ReachSnapshot(objects: Array(repeating: object, count: ReachSnapshot.limit + 1))
        #expect(many.objects.count == ReachSnapshot.limit && many.isPartial)
    }

    // MARK: What is allowed

    private static func effects(
        created: [String] = [], changed: [String] = [], deleted: [String] = []
    ) -> SideEffects {
        let empty = ReachSnapshot(objects: [])
        var effects = SideEffects(from: empty, to: empty)
        (effects.created, effects.changed, effects.deleted) = (created, changed, deleted)
        return effects
    }

    @Test(arguments: [TaskType.detection, .localization, .analysis])
    func whoOnlyLooksLeavesNothingDifferent(type: TaskType) {
        let allowance = EffectAllowance.standard(for: type)
        #expect(Self.effects().isSafe(under: allowance))
        #expect(!Self.effects(created: ["ConfigMap/x"]).isSafe(under: allowance))
        #expect(!Self.effects(changed: ["Service/store"]).isSafe(under: allowance))
    }

    @Test func whoMendsTakesNothingAwayForGood() {
        let allowance = EffectAllowance.standard(for: .mitigation)
        #expect(Self.effects(created: ["ConfigMap/x"], changed: ["Service/store"]).isSafe(under: allowance))
        #expect(!Self.effects(deleted: ["Service/front"]).isSafe(under: allowance))
    }

    @Test func aProblemAllowsByKindAndName() {
        let allowance = EffectAllowance(
            mayCreate: ["ConfigMap/*"], mayChange: ["Service/store", "Deployment/*"], mayDelete: ["*/old"])
        #expect(Self.effects(changed: ["Service/store", "Deployment/x"]).isSafe(under: allowance))
        #expect(!Self.effects(changed: ["Service/front"]).isSafe(under: allowance))
        #expect(!Self.effects(changed: ["Service/store", "Service/front"]).isSafe(under: allowance))
        #expect(Self.effects(created: ["ConfigMap/x"], deleted: ["Job/old"]).isSafe(under: allowance))
        #expect(!Self.effects(created: ["Service/x"]).isSafe(under: allowance))
        #expect(!Self.effects(deleted: ["Job/older"]).isSafe(under: allowance))
    }
}
