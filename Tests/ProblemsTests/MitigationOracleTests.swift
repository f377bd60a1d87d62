import JSON
import KubernetesModel
import Primitives
import Problems
import Testing

struct MitigationOracleTests {
    private static let fault = FaultSpec.targetPort(
        TargetPortMisconfiguration(service: "store", from: 8080, to: 9999))

    private func codes(_ change: (inout ObservedState) -> Void) throws -> Set<String> {
        var state = try ObservedShop.healthy()
        let baseline = ObservedShop.baseline(state)
        change(&state)
        return Set(MitigationOracle.shortfalls(in: state, baseline: baseline, fault: Self.fault).map(\.code))
    }

    private func index(_ name: String, _ state: ObservedState) -> Int {
        state.services.firstIndex { $0.metadata.name == name } ?? 0
    }

    private func deployment(_ name: String, _ state: ObservedState) -> Int {
        state.deployments.firstIndex { $0.metadata.name == name } ?? 0
    }

    @Test func theShopAsItWasIsWhole() throws { #expect(try codes { _ in }.isEmpty) }

    @Test func theFaultIsSeen() throws {
        #expect(
            try codes { $0.services[index("store", $0)].spec.ports[0].targetPort = .int(9999) } == ["WrongTargetPort"])
    }

    @Test func aPortByNameIsAsGood() throws {
        #expect(try codes { $0.services[index("store", $0)].spec.ports[0].targetPort = .string("http") }.isEmpty)
        #expect(
            try codes { $0.services[index("store", $0)].spec.ports[0].targetPort = .string("https") }
                == ["WrongTargetPort"])
    }

    @Test func whatWasAddedIsNoShortfall() throws {
        #expect(
            try codes {
                $0.services.append(Service(metadata: ObjectMeta(name: "extra")))
                $0.configMaps.append(ConfigMap(metadata: ObjectMeta(name: "extra")))
            }.isEmpty)
    }

    @Test func damageElsewhereIsSeen() throws {
        #expect(try codes { $0.services.remove(at: index("cart", $0)) } == ["ServiceMissing"])
        #expect(
            try codes { $0.services[index("cart", $0)].spec.selector = ["app": "front"] } == ["ServiceSelectorChanged"])
        #expect(try codes { $0.services[index("cart", $0)].spec.ports = [] } == ["ServicePortMissing"])
        #expect(
            try codes { $0.services[index("cart", $0)].spec.ports[0].targetPort = .int(1) } == ["WrongTargetPort"])
        #expect(try codes { $0.configMaps[0].data["answer.sh"] = "#!/bin/sh" } == ["ConfigMapChanged"])
        #expect(try codes { $0.configMaps = [] } == ["ConfigMapMissing"])
    }

    /// Weakness 5 of the reference: a deleted Deployment leaves no unhealthy pod.
    @Test func aDeploymentThatIsGoneIsSeenThoughEveryPodIsHealthy() throws {
        #expect(
            try codes {
                $0.deployments.remove(at: deployment("cart", $0))
                $0.pods.removeAll { $0.metadata.name == "cart-1" }
            }.contains("DeploymentMissing"))
    }

    @Test func changedDeploymentsAreSeen() throws {
        #expect(
            try codes { $0.deployments[deployment("cart", $0)].status.availableReplicas = 0 } == ["TooFewReplicas"])
        #expect(try codes { $0.deployments[deployment("cart", $0)].metadata.generation = 2 } == ["RollingOut"])
        #expect(
            try codes { $0.deployments[deployment("cart", $0)].spec.template.spec.containers[0].image = "other" }
                == ["ImageChanged"])
        #expect(
            try codes { $0.deployments[deployment("cart", $0)].spec.template.spec.containers[0].command = ["true"] }
                == ["CommandChanged"])
        #expect(
            try codes { $0.deployments[deployment("cart", $0)].spec.selector = LabelSelector(["app": "x"]) }
                == ["SelectorChanged"])
    }

    @Test func pendingPodsAndMissingStatusAreNotHealthy() throws {
        #expect(try codes { $0.pods[0].status = PodStatus() } == ["PodNotReady"])
        #expect(try codes { $0.pods[0].status.phase = .pending } == ["PodNotReady"])
        #expect(try codes { $0.pods[0].status.containerStatuses = [] } == ["PodNotReady"])
        #expect(try codes { $0.pods[0].status.containerStatuses[0].ready = false } == ["PodNotReady"])
        #expect(
            try codes {
                $0.pods[0].status.containerStatuses[0].state = .waiting(reason: "CrashLoopBackOff", message: "")
            } == ["PodFailing"])
        #expect(
            try codes {
                $0.pods[0].status.containerStatuses[0].state = .terminated(
                    reason: "Error", message: "", exitCode: 1, signal: nil)
            } == ["PodFailing"])
        #expect(try codes { $0.pods[0].metadata.deletionTimestamp = .init(seconds: 1) } == ["PodTerminating"])
        #expect(try codes { $0.pods[0].status = PodStatus(phase: .succeeded) }.isEmpty)
    }

    @Test func theBaselineSurvivesItsText() throws {
        let baseline = ObservedShop.baseline(try ObservedShop.healthy())
        let text = try baseline.encoded()
        #expect(try Baseline(encoded: text) == baseline)
        #expect(text.utf8.count < 4096)
        #expect(throws: ProblemError.self) { try Baseline(encoded: "{") }
    }

    @Test func aBaselineThatDoesNotFitTheStatusIsRefused() throws {
        var state = try ObservedShop.healthy()
        for number in 0..<200 {
            var map = ConfigMap(metadata: ObjectMeta(name: "a-rather-long-name-\(number)-of-a-config-map"))
            map.metadata.labels = [ObservedShop.label.key: ObservedShop.label.value]
            map.metadata.name += String(repeating: "x", count: 80)
            state.configMaps.append(map)
        }
        #expect(throws: ProblemError.self) { try ObservedShop.baseline(state).encoded() }
    }

    @Test(arguments: [true, false])
    func gradedWithAndWithoutSubmit(_ submitted: Bool) {
        #expect(MitigationOracle.grade([], submitted: submitted).results["success"] == true)
        let failed = MitigationOracle.grade([Shortfall("PodFailing", "x")], submitted: submitted)
        #expect(failed.verdict == .failed && failed.reason == "PodFailing" && failed.results["success"] == false)
    }
}
