import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import Testing

@Suite struct MemoryWorkloadTests {
    let rig = MemoryRig()

    private func deploy(replicas: Int) async throws -> DynamicObject {
        try await rig.client.applyDynamic(
            .deployments,
            DynamicObject([
                "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "web", "namespace": "default"],
                "spec": [
                    "replicas": .integer(Int64(replicas)), "selector": ["matchLabels": ["app": "web"]],
                    "template": [
                        "metadata": ["labels": ["app": "web"]],
                        "spec": ["containers": [["name": "main", "image": "busybox"]]],
                    ],
                ],
            ]))
    }

    @Test func deploymentsRollOutAndScale() async throws {
        rig.server.simulateWorkloads()
        for replicas in [3, 1] {
            _ = try await deploy(replicas: replicas)
            let deployment = try await rig.client.get(Deployment.self, rig.key("web"))
            #expect(deployment.isRolledOut)
            let pods = try await rig.client.list(Pod.self, namespace: "default")
            #expect(pods.items.count == replicas)
            #expect(!pods.items.contains { !$0.isReady })
        }
        try await rig.client.delete(.deployments, rig.key("web"))
        let left = try await rig.client.list(Pod.self, namespace: "default")
        #expect(left.items.isEmpty)
    }

    @Test func aServiceLeadsToThePodsItsSelectorPicks() async throws {
        rig.server.simulateWorkloads()
        rig.server.put(
            Service(
                metadata: ObjectMeta(name: "web", namespace: "default"),
                spec: ServiceSpec(
                    selector: ["app": "web"], ports: [ServicePort(port: 80, targetPort: .int(8080))])))
        let none = try #require(try rig.server.object(Endpoints.self, rig.key("web")))
        #expect(none.subsets.isEmpty)
        _ = try await deploy(replicas: 2)
        let endpoints = try #require(try rig.server.object(Endpoints.self, rig.key("web")))
        #expect(endpoints.subsets[0].addresses.count == 2)
        #expect(endpoints.subsets[0].ports[0].port == 8080)
    }

    @Test func aNewNamespaceGetsItsServiceAccountAndStillGoesAway() async throws {
        rig.server.simulateWorkloads()
        let made = try await rig.client.create(Namespace(metadata: ObjectMeta(name: "demo")))
        #expect(
            rig.server.object(.serviceAccounts, ObjectKey(namespace: "demo", name: "default")) != nil)
        try await rig.client.delete(.namespaces, made.key)
        #expect(rig.server.object(.namespaces, made.key) == nil)
        #expect(rig.server.objects(.serviceAccounts, namespace: "demo").isEmpty)
    }
}
