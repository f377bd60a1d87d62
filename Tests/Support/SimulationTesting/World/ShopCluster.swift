import AIOpsAPI
import Environments
import JSON
import KubernetesModel
package import KubernetesTesting
package import Primitives

/// A cluster in memory in which Deployments roll out, Jobs run, the front door follows the Services, and a sandbox knows
/// two commands.
package struct ShopCluster: Sendable {
    package static let rightPort = 8080
    package static let wrongPort = 9999

    package let server: InMemoryAPIServer
    /// How often the agent's command changed something.
    package let repairs = Locked(0)
    /// So many repairs, although they were made, lose their connection before their end is told.
    package let brokenRepairs = Locked(0)
    /// So many calls are still served after a Service leads elsewhere, as while proxies have not followed.
    package let lateCalls = Locked(0)
    /// What the listing of services ends with.
    package let remark = Locked("")

    /// Where `rollsOut` is false, no Deployment ever gets a pod.
    package init(profile: ServerProfile = .v1_36, time: any TimeSource, rollsOut: Bool = true) {
        server = InMemoryAPIServer(
            types: [
                ServedType(AIOpsTask.resourceType, defaultStatus: ["observedGeneration": -1]),
                ServedType(WorkerPool.resourceType, defaultStatus: ["observedGeneration": -1]),
                ServedType(LLMConversation.resourceType, defaultStatus: ["observedGeneration": -1]),
            ], profile: profile, time: time)
        server.addNamespace("demo")
        server.react(to: .deployments) { deployment, cluster in
            guard rollsOut, deployment["status", "availableReplicas"] == nil else { return }
            var ready = deployment
            ready["status"] = [
                "observedGeneration": deployment["metadata", "generation"] ?? 1, "replicas": 1, "updatedReplicas": 1,
                "readyReplicas": 1, "availableReplicas": 1,
            ]
            cluster.put(.deployments, ready)
            cluster.put(.pods, Self.pod(of: deployment, kind: "Deployment"))
        }
        server.react(to: .jobs) { job, cluster in
            guard job["status", "active"] == nil else { return }
            var running = job
            running["status"] = ["active": 1]
            cluster.put(.jobs, running)
            cluster.put(.pods, Self.pod(of: job, kind: "Job"))
        }
        server.react(to: .pods) { pod, cluster in
            guard pod["status", "phase"] == nil else { return }
            cluster.put(.pods, Self.running(pod))
        }
        let (server, repairs, brokenRepairs, lateCalls) = (server, repairs, brokenRepairs, lateCalls)
        let remark = remark
        server.serveExec { [unowned server] exec in
            let application = "env-" + exec.pod.namespace.dropFirst(4)
            let services = server.objects(.services, namespace: String(application))
            let isWhole = services.count == 4 && services.allSatisfy { Self.port(of: $0) == Self.rightPort }
            if exec.command.contains("call") {
                let isServed =
                    isWhole
                    || lateCalls.withLock { left in
                        defer { left = max(0, left - 1) }
                        return left > 0
                    }
                return .init(stdout: isServed ? "200\n" : "502\n")
            }
            let command = exec.command.last ?? ""
            let ended = CommandReport().line
            if SandboxScript.isMeant(by: exec.command), exec.command.count == 5 { return .init(stderr: ended) }
            if command.hasPrefix("kubectl get services") {
                let lines = services.map {
                    "\($0["metadata", "name"]?.stringValue ?? "") leads to \(Self.port(of: $0))\n"
                }
                return .init(stdout: lines.joined() + remark.withLock { $0 }, stderr: ended)
            }
            guard command.hasPrefix("kubectl patch service store") else {
                return .init(stderr: "what?" + CommandReport(exitCode: 1).line, exitCode: 1)
            }
            repairs.withLock { $0 += 1 }
            server.modify(.services, ObjectKey(namespace: String(application), name: "store")) { service in
                guard var ports = service["spec", "ports"]?.arrayValue, !ports.isEmpty else { return }
                ports[0]["targetPort"] = .integer(Int64(Self.rightPort))
                service["spec", "ports"] = .array(ports)
            }
            let breaks = brokenRepairs.withLock { left in
                defer { left = max(0, left - 1) }
                return left > 0
            }
            return .init(stdout: "service/store patched\n", stderr: breaks ? "" : ended, breaks: breaks)
        }
    }

    private static func port(of service: JSONValue) -> Int {
        Int(service["spec", "ports"]?[0]?["targetPort"]?.integerValue ?? 0)
    }

    private static func pod(of owner: JSONValue, kind: String) -> JSONValue {
        let name = owner["metadata", "name"]?.stringValue ?? ""
        let version = kind == "Job" ? "batch/v1" : "apps/v1"
        var pod: JSONValue = [
            "metadata": [
                "name": .string(name + "-0"), "namespace": owner["metadata", "namespace"] ?? "",
                "labels": owner["spec", "template"]?["metadata", "labels"] ?? [:],
                "ownerReferences": [
                    [
                        "apiVersion": .string(version), "kind": .string(kind), "name": .string(name),
                        "uid": owner["metadata", "uid"] ?? "", "controller": true,
                    ]
                ],
            ]
        ]
        pod["spec"] = owner["spec", "template"]?["spec"]
        return running(pod)
    }

    private static func running(_ pod: JSONValue) -> JSONValue {
        var running = pod
        let containers = pod["spec", "containers"]?.arrayValue ?? []
        running["status"] = [
            "phase": "Running", "conditions": [["type": "Ready", "status": "True"]],
            "containerStatuses": .array(
                containers.map {
                    ["name": $0["name"] ?? "", "ready": true, "state": ["running": [:]], "restartCount": 0]
                }),
        ]
        return running
    }
}
