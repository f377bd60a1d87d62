import JSON
import KubernetesModel
import Primitives

/// How the application was before the fault; what a mitigation must lead back to.
///
/// Written in the task's status before the fault is injected, and therefore short.
package struct Baseline: Sendable, Hashable {
    package struct Workload: Sendable, Hashable {
        package var name: String
        package var replicas: Int
        package var images: [String: String]
        package var selector: [String: String]
        /// A digest of what the containers run and listen on.
        package var content: String
    }

    package struct Entry: Sendable, Hashable {
        package var name: String
        package var selector: [String: String]
        /// Service port to the number that calls arrive at.
        package var targets: [Int: Int]
    }

    package var workloads: [Workload]
    package var entries: [Entry]
    /// ConfigMap name to a digest of its data.
    package var files: [String: String]

    /// More than this does not fit the task's status.
    package static let maximumBytes = 16 * 1024

    /// Takes the named Deployments and everything that carries `label`.
    package init(_ state: ObservedState, deployments names: [String], label: (key: String, value: String)) {
        workloads = names.compactMap { state.deployment($0) }.map(Workload.init)
        entries = state.services.filter { $0.metadata.labels[label.key] == label.value }.map { service in
            var targets: [Int: Int] = [:]
            for port in service.spec.ports { targets[port.port] = state.targetNumber(of: port, in: service) }
            return Entry(name: service.metadata.name, selector: service.spec.selector, targets: targets)
        }
        files = [:]
        for map in state.configMaps where map.metadata.labels[label.key] == label.value {
            files[map.metadata.name] = Self.digest(map)
        }
    }

    static func digest(_ map: ConfigMap) -> String { shortDigest(map.data.jsonValue()) }

    static func shortDigest(_ value: JSONValue) -> String { String(SHA256Digest.of(value.text).hex.prefix(16)) }
}

extension Baseline.Workload {
    init(_ deployment: Deployment) {
        let containers = deployment.spec.template.spec.containers
        name = deployment.metadata.name
        replicas = deployment.desiredReplicas
        images = [:]
        for container in containers { images[container.name] = container.image }
        selector = deployment.spec.selector.matchLabels
        content = Baseline.shortDigest(
            .array(
                containers.map { container in
                    [
                        "name": .string(container.name), "command": container.command.jsonValue(),
                        "args": container.args.jsonValue(), "ports": container.ports.jsonValue(),
                        "env": container.env.jsonValue(),
                    ]
                }))
    }
}
