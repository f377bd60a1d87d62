import AIOpsAPI
import ClusterTesting
import FaultTesting
import JSON
import KubernetesClient
import KubernetesModel
import Primitives
import Testing

extension FaultClusterTests {
    /// Another manager applies objects of ours, as a GitOps tool does, and owns fields that the operator writes later.
    ///
    /// The operator applies nothing: it patches what it has read, with tests and versions. So no conflict between managers
    /// can meet it; it is the other one that is told of ours, by name.
    @Suite(.timeLimit(.minutes(20))) struct F22ForeignManager {
        private static let manager = "gitops"
        private static let label = "elsewhere.example.com/team"
        private static let ours: Set<String> = ["aiops-operator", "aiops-worker"]

        @Test func fieldsOfOursAreTakenBackAndTheirsAreLeft() async throws {
            let session = try FaultSession.current()
            _ = try await session.versions(of: .detection)
            // The others come between what the run reads of the Service and its patch.
            let slow = Fault("slow", "delay", ["verbs": ["patch"], "resources": ["services"]], with: ["seconds": 2])
            let plan = FaultPlan("F22", .detection, [slow], mayDiffer: ["task.status.display.pool"])
            let told = Locked<(task: String, service: String, after: JSONValue)?>(nil)
            let result = try await session.run(plan) { task in
                let (client, key) = (session.cluster.client, task.metadata.key)
                let running = try await session.cluster.await(key.name, in: key.namespace, "is being deployed") {
                    $0.status.phase == .deploying
                }
                let place = ObjectKey(namespace: running.status.environment?.name ?? "", name: "store")
                let pool: JSONObject = ["status": ["display": ["pool": "elsewhere"]]]
                let aboutTask = try await objection(AIOpsTask.resourceType, key, pool, "status", client)
                _ = try await apply(AIOpsTask.resourceType, key, pool, "status", force: true, client)
                try await eventually("the run is about to break the Service") {
                    let hits = try await session.rig.report().hits
                    return .holds(hits[slow.name, default: 0] > 0, else: "\(hits)")
                }
                let aboutService = try await objection(.services, place, port(1234), nil, client)
                _ = try await apply(.services, place, port(8080), nil, force: true, client)
                _ = try await apply(AIOpsTask.resourceType, key, [:], nil, force: true, client)
                try await session.cluster.await(key.name, in: key.namespace, "is at work") {
                    $0.status.phase == .running
                }
                let after = try await client.getDynamic(.services, place).value
                told.withLock { $0 = (aboutTask, aboutService, after) }
            }
            #expect(result.violations.isEmpty, "\(result.violations.joined(separator: "\n"))")
            let seen = try #require(told.withLock { $0 }, "the run was over too early")
            #expect(Self.ours.contains { seen.task.contains("\"\($0)\"") }, "\(seen.task)")
            #expect(seen.task.contains(".status.display.pool"), "\(seen.task)")
            #expect(seen.service.contains("\"deploy\"") && seen.service.contains("targetPort"), "\(seen.service)")
            // Ours is as we want it, and owned by us again; theirs is as they want it.
            #expect(seen.after["spec"]?["ports"]?[0]?["targetPort"] == 9999, "\(seen.after)")
            #expect(owners(of: "targetPort", in: seen.after) == ["deploy"])
            #expect(
                seen.after["metadata"]?["labels"]?[Self.label] == "red"
                    && owners(of: Self.label, in: seen.after) == [Self.manager])
            #expect(result.task.metadata.labels[Self.label] == "red")
            let conflicts = result.journal.count { $0.status == 409 && $0.verb == "patch" }
            let clean = try await session.writes(of: .detection)
            print("a foreign manager: \(result.writes) writes for \(clean), \(conflicts) conflicts")
            #expect(result.writes <= clean + 10 && conflicts <= 5, "\(result.writes) for \(clean), \(conflicts)")
        }

        private func port(_ target: Int64) -> JSONObject {
            ["spec": ["ports": [["port": 80, "protocol": "TCP", "targetPort": .integer(target)]]]]
        }

        /// What the server says to who does not insist.
        private func objection(
            _ type: ResourceType, _ key: ObjectKey, _ fields: JSONObject, _ subresource: String?,
            _ client: KubernetesClient
        ) async throws -> String {
            do {
                let made = try await apply(type, key, fields, subresource, force: false, client)
                throw NeverHappened("nobody objected: \(made.value.text)")
            } catch let error as KubernetesError where error.isConflict {
                return error.message
            }
        }

        private func apply(
            _ type: ResourceType, _ key: ObjectKey, _ fields: JSONObject, _ subresource: String?, force: Bool,
            _ client: KubernetesClient
        ) async throws(KubernetesError) -> DynamicObject {
            var value: JSONValue = .object(fields)
            value["apiVersion"] = .string(type.apiVersion)
            value["kind"] = .string(type.kind)
            value["metadata"] = [
                "name": .string(key.name), "namespace": .string(key.namespace), "labels": [Self.label: "red"],
            ]
            return try await client.patchDynamic(
                type, key, .apply(value, force: force), subresource: subresource,
                options: WriteOptions(fieldManager: Self.manager))
        }

        private func owners(of field: String, in object: JSONValue) -> [String] {
            (object["metadata"]?["managedFields"]?.arrayValue ?? []).filter {
                $0["fieldsV1"]?.text.contains("\"f:\(field)\"") == true
            }.compactMap { $0["manager"]?.stringValue }
        }
    }
}
