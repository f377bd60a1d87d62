import JSON
import KubernetesModel

/// The controllers of a cluster, as far as tests of operators need them: everything succeeds at once.
extension InMemoryAPIServer {
    /// From now on namespaces get their default ServiceAccount, Deployments their pods, pods become ready, Services get
    /// their Endpoints, and Jobs a pod that keeps running.
    package func simulateWorkloads() {
        react(to: .namespaces) { namespace, cluster in
            guard let name = namespace["metadata", "name"]?.stringValue,
                namespace["metadata", "deletionTimestamp"] == nil
            else { return }
            let key = ObjectKey(namespace: name, name: "default")
            guard cluster.object(.namespaces, ObjectKey(name: name)) != nil,
                cluster.object(.serviceAccounts, key) == nil
            else { return }
            cluster.put(.serviceAccounts, ["metadata": ["name": "default", "namespace": .string(name)]])
        }
        react(to: .deployments) { deployment, cluster in Self.rollOut(deployment, &cluster) }
        react(to: .jobs) { job, cluster in
            guard cluster.isThere(.jobs, job) else { return }
            cluster.put(.pods, Self.pod(of: job, .jobs, index: 0))
            var done = job
            done["status"] = ["active": 1]
            cluster.put(.jobs, done)
        }
        react(to: .pods) { pod, cluster in
            if cluster.isThere(.pods, pod), pod["status"]?["phase"] == nil {
                var ready = pod
                ready["status"] = Self.runningStatus(of: pod)
                cluster.put(.pods, ready)
            }
            Self.fillEndpoints(pod["metadata", "namespace"]?.stringValue ?? "", &cluster)
        }
        react(to: .services) { service, cluster in
            Self.fillEndpoints(service["metadata", "namespace"]?.stringValue ?? "", &cluster)
        }
    }

    private static func rollOut(_ deployment: JSONValue, _ cluster: inout ReactiveCluster) {
        guard cluster.isThere(.deployments, deployment) else { return }
        let wanted = deployment["spec"]?["replicas"]?.integerValue ?? 1
        let namespace = deployment["metadata", "namespace"]?.stringValue ?? ""
        let generation = deployment["metadata", "generation"] ?? 1
        for index in 0..<wanted {
            var pod = pod(of: deployment, .deployments, index: index)
            pod["metadata", "annotations"] = ["generation": .string(generation.text)]
            let key = ObjectKey(namespace: namespace, name: pod["metadata", "name"]?.stringValue ?? "")
            let old = cluster.object(.pods, key)
            if let old, old["metadata", "annotations"] == pod["metadata", "annotations"] { continue }
            if old != nil { cluster.delete(.pods, key) }
            cluster.put(.pods, pod)
        }
        let owner = deployment["metadata", "uid"]
        for old in cluster.objects(.pods, namespace: namespace) {
            guard old["metadata", "ownerReferences"]?[0]?["uid"] == owner,
                let name = old["metadata", "name"]?.stringValue,
                let index = name.split(separator: "-").last.flatMap({ Int64($0) }), index >= wanted
            else { continue }
            cluster.delete(.pods, ObjectKey(namespace: namespace, name: name))
        }
        var done = deployment
        done["status"] = [
            "observedGeneration": generation, "replicas": .integer(wanted), "updatedReplicas": .integer(wanted),
            "readyReplicas": .integer(wanted), "availableReplicas": .integer(wanted),
            "conditions": [["type": "Available", "status": "True", "reason": "MinimumReplicasAvailable"]],
        ]
        cluster.put(.deployments, done)
    }

    private static func pod(of owner: JSONValue, _ type: ResourceType, index: Int64) -> JSONValue {
        let name = owner["metadata", "name"]?.stringValue ?? ""
        let template = owner["spec"]?["template"] ?? [:]
        return [
            "metadata": [
                "name": .string("\(name)-\(index)"), "namespace": owner["metadata", "namespace"] ?? .null,
                "labels": template["metadata"]?["labels"] ?? [:],
                "ownerReferences": [
                    [
                        "apiVersion": .string(type.apiVersion), "kind": .string(type.kind), "name": .string(name),
                        "uid": owner["metadata", "uid"] ?? "", "controller": true,
                    ]
                ],
            ], "spec": template["spec"] ?? [:],
        ]
    }

    private static func runningStatus(of pod: JSONValue) -> JSONValue {
        let containers = (pod["spec"]?["containers"]?.arrayValue ?? []).map { container -> JSONValue in
            [
                "name": container["name"] ?? "", "image": container["image"] ?? "", "ready": true, "restartCount": 0,
                "state": ["running": [:]],
            ]
        }
        let ip = "10.0.0.\((pod["metadata", "name"]?.stringValue ?? "").utf8.reduce(1) { ($0 + Int($1)) % 250 })"
        return [
            "phase": "Running", "podIP": .string(ip),
            "conditions": [["type": "Ready", "status": "True", "reason": ""]],
            "containerStatuses": .array(containers),
        ]
    }

    /// Writes the Endpoints of each Service of a namespace: the ready pods its selector picks, at its target ports.
    private static func fillEndpoints(_ namespace: String, _ cluster: inout ReactiveCluster) {
        let pods = cluster.objects(.pods, namespace: namespace)
        for service in cluster.objects(.services, namespace: namespace) {
            let wanted = service["spec"]?["selector"]?.objectValue ?? [:]
            guard !wanted.isEmpty else { continue }
            let addresses = pods.filter { pod in
                pod["status"]?["podIP"] != nil && wanted.allSatisfy { pod["metadata", "labels"]?[$0.key] == $0.value }
            }.map { pod -> JSONValue in
                [
                    "ip": pod["status"]?["podIP"] ?? "",
                    "targetRef": ["kind": "Pod", "name": pod["metadata", "name"] ?? ""],
                ]
            }
            let ports = (service["spec"]?["ports"]?.arrayValue ?? []).map { port -> JSONValue in
                let target = port["targetPort"] ?? port["port"] ?? 0
                return ["name": port["name"] ?? "", "port": target.integerValue.map(JSONValue.integer) ?? 0]
            }
            var endpoints: JSONValue = [
                "metadata": ["name": service["metadata", "name"] ?? "", "namespace": .string(namespace)]
            ]
            if !addresses.isEmpty { endpoints["subsets"] = [["addresses": .array(addresses), "ports": .array(ports)]] }
            let key = ObjectKey(namespace: namespace, name: service["metadata", "name"]?.stringValue ?? "")
            guard
                cluster.object(.endpoints, key)?["subsets"] != endpoints["subsets"]
                    || cluster.object(.endpoints, key) == nil
            else { continue }
            cluster.put(.endpoints, endpoints)
        }
    }
}

extension ReactiveCluster {
    /// True while the object is stored and nobody has asked for its deletion.
    fileprivate func isThere(_ type: ResourceType, _ object: JSONValue) -> Bool {
        let key = ObjectKey(
            namespace: object["metadata", "namespace"]?.stringValue ?? "",
            name: object["metadata", "name"]?.stringValue ?? "")
        return self.object(type, key) != nil && object["metadata", "deletionTimestamp"] == nil
    }
}
