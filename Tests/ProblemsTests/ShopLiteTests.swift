import Environments
import JSON
import KubernetesModel
import Problems
import Testing

struct ShopLiteTests {
    private static func objects(_ shop: ShopLite = ShopLite(), images: ImageSet = ImageSet()) -> [PlannedObject] {
        let placement = Placement(namespace: "env-1", taskUID: "uid", images: images)
        return shop.manifests(placement) + [shop.workload(placement)]
    }

    private static func templates(_ objects: [PlannedObject]) -> [JSONValue] {
        objects.compactMap { $0.object.value["spec"]?["template"] }
    }

    @Test func hasFourServicesWithTheirDeploymentsAndOneWorkload() {
        let kinds = Self.objects().map(\.type.kind)
        #expect(kinds.filter { $0 == "Service" }.count == 4)
        #expect(kinds.filter { $0 == "Deployment" }.count == 4)
        #expect(kinds.filter { $0 == "Job" }.count == 1)
    }

    @Test func everyServiceLeadsToAPortThatItsContainersDeclare() throws {
        for shop in [ShopLite(), ShopLite(port: 7777, names: ["store": "depot", "front": "gate"])] {
            let objects = Self.objects(shop)
            let deployments = try objects.filter { $0.type.kind == "Deployment" }.map { try Deployment($0) }
            for service in try objects.filter({ $0.type.kind == "Service" }).map({ try Service($0) }) {
                let state = ObservedState(services: [service], deployments: deployments)
                let port = try #require(service.spec.ports.first)
                #expect(port.targetPort == .int(shop.port))
                #expect(state.containers(behind: service).flatMap(\.ports).map(\.containerPort) == [shop.port])
                #expect(state.containers(behind: service).flatMap(\.ports).map(\.name) == ["http"])
            }
        }
    }

    @Test func podsAreFitForTheRestrictedLevelAndHoldNoToken() {
        for template in Self.templates(Self.objects()) {
            let spec = template["spec"]
            #expect(spec?["automountServiceAccountToken"] == false)
            #expect(spec?["securityContext"]?["runAsNonRoot"] == true)
            #expect(spec?["securityContext"]?["seccompProfile"]?["type"] == "RuntimeDefault")
            let container = spec?["containers"]?[0]
            #expect(container?["securityContext"]?["allowPrivilegeEscalation"] == false)
            #expect(container?["securityContext"]?["capabilities"]?["drop"] == ["ALL"])
            #expect(container?["securityContext"]?["readOnlyRootFilesystem"] == true)
            #expect(container?["resources"]?["requests"]?["cpu"] != nil)
            #expect(container?["resources"]?["limits"]?["memory"] != nil)
        }
    }

    /// A broken downstream must leave pods ready: nothing but the container itself is asked.
    @Test func readinessLooksAtTheContainerAlone() {
        let probes = Self.templates(Self.objects()).compactMap { $0["spec"]?["containers"]?[0]?["readinessProbe"] }
        #expect(probes.count == 4)
        #expect(probes.allSatisfy { $0["httpGet"]?["path"] == "/health" && $0["periodSeconds"] == 1 })
    }

    @Test func theWorkloadEndsByItself() throws {
        let job = try #require(Self.objects().last?.object.value)
        #expect((job["spec"]?["activeDeadlineSeconds"]?.integerValue ?? 0) > 0)
    }

    @Test func imagesAreThoseOfTheSet() {
        let images = ImageSet(busybox: "registry.example/bb:1", pullSecrets: ["pull"])
        for template in Self.templates(Self.objects(images: images)) {
            #expect(template["spec"]?["containers"]?[0]?["image"] == "registry.example/bb:1")
            #expect(template["spec"]?["imagePullSecrets"] == [["name": "pull"]])
        }
    }

    @Test func everyObjectCarriesTheTasksUid() {
        for planned in Self.objects() {
            #expect(planned.object.metadata.labels[EnvironmentNames.uidLabel] == "uid")
            #expect(Set(planned.object.metadata.labels.keys).isSubset(of: ["app", EnvironmentNames.uidLabel]))
        }
    }
}

extension KubernetesObject {
    init(_ planned: PlannedObject) throws { try self.init(jsonValue: planned.object.value) }
}
