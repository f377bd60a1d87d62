import Environments
import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import LifecycleTesting
import Primitives
import Problems
import Telemetry

/// The in-memory API server with the few controllers the shop needs, and a front door that answers as the chain of
/// Services would.
struct FakeShopCluster: Sendable {
    let time = ManualTimeSource()
    let server: InMemoryAPIServer
    let client: KubernetesClient
    let placement = Placement(namespace: "env-1", taskUID: "uid", images: ImageSet())
    /// What the front door answers whatever the Services say.
    let forced = Locked<String?>(nil)

    init() {
        server = InMemoryAPIServer(time: time)
        client = KubernetesClient(
            configuration: ClientConfiguration(server: "https://cluster.example", tls: TLSConfiguration()),
            transport: server, time: time,
            logger: Logger(label: "test", sink: CollectingLogSink(), level: .error), seed: 1)
        server.addNamespace("env-1")
        server.react(to: .deployments) { object, cluster in
            var object = object
            object["status"] = [
                "observedGeneration": object["metadata"]?["generation"] ?? 1, "replicas": 1, "updatedReplicas": 1,
                "readyReplicas": 1, "availableReplicas": 1,
            ]
            cluster.put(.deployments, object)
            cluster.put(.pods, Self.pod(object, owner: ("ReplicaSet", "x")))
        }
        server.react(to: .jobs) { object, cluster in
            let name = object["metadata"]?["name"]?.stringValue ?? ""
            cluster.put(.pods, Self.pod(object, owner: ("Job", name)))
        }
        let server = server
        let forced = forced
        server.serveExec { [weak server] _ in
            if let status = forced.withLock({ $0 }) { return .init(stdout: status + "\n") }
            let services = server?.objects(.services, namespace: "env-1") ?? []
            let isWhole =
                services.count == 4
                && services.allSatisfy { $0["spec"]?["ports"]?[0]?["targetPort"] == 8080 }
            return .init(stdout: isWhole ? "200\n" : "502\n")
        }
    }

    func session(_ id: String) throws -> ProblemSession {
        ProblemSession(
            problem: try Catalogue.builtin().problem(id), placement: placement, client: client, time: time)
    }

    func targetPort(_ service: String) -> JSONValue? {
        server.object(.services, ObjectKey(namespace: "env-1", name: service))?["spec"]?["ports"]?[0]?["targetPort"]
    }

    func setTargetPort(_ service: String, _ port: Int64) {
        server.modify(.services, ObjectKey(namespace: "env-1", name: service)) {
            $0["spec"]?["ports"] = [["name": "http", "port": 80, "targetPort": .integer(port)]]
        }
    }

    /// Lets time pass for a task that sleeps again and again, until it ends.
    func run<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) async throws -> T {
        let time = time
        return try await withThrowingTaskGroup(of: T?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                while !Task.isCancelled {
                    await Task.yield()
                    if time.sleeperCount > 0 { time.advance(by: .milliseconds(250)) }
                }
                return nil
            }
            defer { group.cancelAll() }
            while let value = try await group.next() {
                if let value { return value }
            }
            throw CancellationError()
        }
    }

    private static func pod(_ owner: JSONValue, owner reference: (kind: String, name: String)) -> JSONValue {
        let name = owner["metadata"]?["name"]?.stringValue ?? ""
        let container = owner["spec"]?["template"]?["spec"]?["containers"]?[0]?["name"]?.stringValue ?? ""
        return [
            "metadata": [
                "name": .string(name + "-1"), "namespace": "env-1",
                "labels": owner["spec"]?["template"]?["metadata"]?["labels"] ?? [:],
                "ownerReferences": [
                    [
                        "apiVersion": "apps/v1", "kind": .string(reference.kind), "name": .string(reference.name),
                        "uid": "o", "controller": true,
                    ]
                ],
            ],
            "spec": owner["spec"]?["template"]?["spec"] ?? [:],
            "status": [
                "phase": "Running", "conditions": [["type": "Ready", "status": "True"]],
                "containerStatuses": [["name": .string(container), "ready": true, "state": ["running": [:]]]],
            ],
        ]
    }
}
