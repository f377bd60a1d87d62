import Environments
import JSON
import KubernetesModel
import Problems

/// The shop as an observer sees it when all is well.
enum ObservedShop {
    static let label = (key: EnvironmentNames.uidLabel, value: "uid")

    static func healthy(_ shop: ShopLite = ShopLite()) throws -> ObservedState {
        let placement = Placement(namespace: "env-1", taskUID: "uid", images: ImageSet())
        let objects = shop.manifests(placement)
        var state = ObservedState(
            services: try objects.filter { $0.type.kind == "Service" }.map { try Service($0) },
            deployments: try objects.filter { $0.type.kind == "Deployment" }.map { try Deployment($0) },
            configMaps: try objects.filter { $0.type.kind == "ConfigMap" }.map { try ConfigMap($0) })
        for index in state.deployments.indices {
            state.deployments[index].metadata.generation = 1
            state.deployments[index].status.observedGeneration = 1
            state.deployments[index].status.replicas = 1
            state.deployments[index].status.updatedReplicas = 1
            state.deployments[index].status.availableReplicas = 1
            state.pods.append(pod(of: state.deployments[index]))
        }
        return state
    }

    static func pod(of deployment: Deployment) -> Pod {
        var pod = Pod(
            metadata: ObjectMeta(
                name: deployment.metadata.name + "-1", namespace: "env-1",
                labels: deployment.spec.template.metadata.labels))
        pod.spec = deployment.spec.template.spec
        pod.status.phase = .running
        pod.status.conditions = [Condition(type: "Ready", status: .true, reason: "")]
        pod.status.containerStatuses = pod.spec.containers.map {
            ContainerStatus(name: $0.name, ready: true, state: .running(startedAt: nil))
        }
        return pod
    }

    static func baseline(_ state: ObservedState) -> Baseline {
        Baseline(state, deployments: ShopLite().deployments, label: label)
    }
}
