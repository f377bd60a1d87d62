package import KubernetesModel

/// What the oracles look at: the objects of one namespace at one moment.
package struct ObservedState: Sendable, Hashable {
    package var services: [Service]
    package var deployments: [Deployment]
    package var pods: [Pod]
    package var configMaps: [ConfigMap]

    package init(
        services: [Service] = [], deployments: [Deployment] = [], pods: [Pod] = [], configMaps: [ConfigMap] = []
    ) {
        self.services = services
        self.deployments = deployments
        self.pods = pods
        self.configMaps = configMaps
    }

    package func service(_ name: String) -> Service? { services.first { $0.metadata.name == name } }
    package func deployment(_ name: String) -> Deployment? { deployments.first { $0.metadata.name == name } }
    package func configMap(_ name: String) -> ConfigMap? { configMaps.first { $0.metadata.name == name } }

    /// The containers behind a Service, as the Deployments that its selector picks declare them.
    package func containers(behind service: Service) -> [Container] {
        guard !service.spec.selector.isEmpty else { return [] }
        return deployments.filter { deployment in
            service.spec.selector.allSatisfy { deployment.spec.template.metadata.labels[$0.key] == $0.value }
        }.flatMap(\.spec.template.spec.containers)
    }

    /// The number that calls to a port of a Service arrive at; nil for a name that no container gives to a port.
    package func targetNumber(of port: ServicePort, in service: Service) -> Int? {
        switch port.targetPort {
        case nil: port.port
        case .int(let number): number
        case .string(let name):
            containers(behind: service).flatMap(\.ports).first { $0.name == name }?.containerPort
        }
    }
}
