import JSON

/// General rules of health over what was seen.
struct Diagnosis {
    private let facts: ClusterFacts
    private let namespace: String
    private let services: [ClusterFacts.Service]
    private let pods: [ClusterFacts.Pod]
    private let deployments: [ClusterFacts.Deployment]

    init(_ facts: ClusterFacts, namespace: String) {
        self.facts = facts
        self.namespace = namespace
        services = facts.services ?? []
        pods = (facts.pods ?? []).filter { $0.phase != "Succeeded" && $0.phase != "Failed" }
        deployments = facts.deployments ?? []
    }

    /// The findings that explain the rest, one for each component.
    var findings: [Finding] {
        let all = services.flatMap(wiring) + deployments.compactMap(workload)
        guard let deepest = all.map(\.kind).min() else { return [] }
        return all.filter { $0.kind == deepest }
    }

    private func wiring(_ service: ClusterFacts.Service) -> [Finding] {
        if service.selector.isEmpty { return [] }
        let selected = pods.filter { ClusterFacts.matches($0.labels, service.selector) }
        if selected.isEmpty { return selector(service).map { [$0] } ?? [] }
        let ports = selected.reduce(into: Set<String>()) { $0.formUnion($1.ports) }
        let names = selected.reduce(into: Set<String>()) { $0.formUnion($1.portNames) }
        // Containers need not declare ports; without any there is nothing to compare with.
        if ports.isEmpty { return [] }
        return service.targetPorts.enumerated().compactMap { index, target in
            let isNumber = Int(target) != nil
            if isNumber ? ports.contains(target) : names.contains(target) { return nil }
            let better = replacement(for: index, of: service, among: ports)
            let value = Int64(better).map(JSONValue.integer) ?? .string(better)
            let declared = ports.union(names).sorted().joined(separator: ", ")
            return Finding(
                kind: .wiring, component: service.name,
                explanation: "service \(service.name) sends traffic to port \(target), "
                    + "but the pods behind it declare only \(declared)",
                repair: patch("service", service.name, path: "/spec/ports/\(index)/targetPort", value: value))
        }
    }

    /// Of the ports that the selected pods declare, the one this service port most likely means.
    private func replacement(for index: Int, of service: ClusterFacts.Service, among ports: Set<String>) -> String {
        let sorted = ports.sorted { (Int($0) ?? 0, $0) < (Int($1) ?? 0, $1) }
        let own = index < service.ports.count ? service.ports[index] : ""
        if ports.contains(own) { return own }
        let used = Set(service.targetPorts.enumerated().filter { $0.offset != index }.map(\.element))
        return sorted.first { !used.contains($0) } ?? sorted.first ?? own
    }

    /// A selector that matches nothing although a workload is there that looks meant.
    private func selector(_ service: ClusterFacts.Service) -> Finding? {
        if deployments.contains(where: { ClusterFacts.matches($0.labels, service.selector) }) { return nil }
        let keys = service.selector.keys.sorted()
        let meant = deployments.first { deployment in
            guard keys.allSatisfy({ deployment.labels[$0] != nil }) else { return false }
            let shared = keys.filter { deployment.labels[$0] == service.selector[$0] }
            return deployment.name == service.name || deployment.labels.values.contains(service.name) || !shared.isEmpty
        }
        guard let meant else { return nil }
        var wanted = JSONObject()
        for key in keys { wanted[key] = meant.labels[key].map(JSONValue.string) }
        return Finding(
            kind: .wiring, component: service.name,
            explanation: "service \(service.name) selects no pod, while deployment \(meant.name) has other labels",
            repair: patch("service", service.name, path: "/spec/selector", value: .object(wanted)))
    }

    private func workload(_ deployment: ClusterFacts.Deployment) -> Finding? {
        let service = services.first { ClusterFacts.matches(deployment.labels, $0.selector) }
        let component = service?.name ?? deployment.name
        if deployment.desired == 0 {
            guard service != nil else { return nil }
            return Finding(
                kind: .scaledToZero, component: component,
                explanation: "deployment \(deployment.name) is scaled to zero although a service needs it",
                repair: "kubectl scale deployment \(deployment.name) -n \(namespace) --replicas=1")
        }
        let own = pods.filter { ClusterFacts.matches($0.labels, deployment.labels) }
        let waiting = own.flatMap(\.waiting)
        let undo = "kubectl rollout undo deployment/\(deployment.name) -n \(namespace)"
        if let reason = waiting.first(where: { $0.contains("Image") }) {
            return Finding(
                kind: .image, component: component,
                explanation: "a pod of \(deployment.name) cannot get its image (\(reason))", repair: undo)
        }
        if let reason = waiting.first(where: { $0 != "ContainerCreating" && $0 != "PodInitializing" }) {
            return Finding(
                kind: .crash, component: component,
                explanation: "a container of \(deployment.name) does not run (\(reason))", repair: undo)
        }
        if deployment.available >= deployment.desired { return nil }
        if !deployment.nodeSelector.isEmpty, own.contains(where: { $0.phase == "Pending" && $0.waiting.isEmpty }) {
            return Finding(
                kind: .unschedulable, component: component,
                explanation: "no node takes the pods of \(deployment.name): its node selector matches none",
                repair: patch("deployment", deployment.name, path: "/spec/template/spec/nodeSelector", value: nil))
        }
        return Finding(
            kind: .unavailable, component: component,
            explanation: "deployment \(deployment.name) has \(deployment.available) of \(deployment.desired) replicas",
            repair: nil)
    }

    private func patch(_ kind: String, _ name: String, path: String, value: JSONValue?) -> String {
        var operation: JSONObject = ["op": value == nil ? "remove" : "replace", "path": .string(path)]
        operation["value"] = value
        return
            "kubectl patch \(kind) \(name) -n \(namespace) --type=json -p '\(JSONValue.array([.object(operation)]).text)'"
    }
}
