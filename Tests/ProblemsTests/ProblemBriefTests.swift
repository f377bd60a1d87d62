import Environments
import JSON
import KubernetesModel
import Problems
import Testing

/// I5: no problem id, no truth within the agent's reach.
struct ProblemBriefTests {
    private static let placement = Placement(namespace: "env-0123456789ab", taskUID: "uid", images: ImageSet())

    @Test func theTwinIsDescribedInTheSameWords() throws {
        let catalogue = try Catalogue.builtin()
        let broken = try catalogue.problem("shop_lite_target_port-misconfig-detection-1")
        let sound = try catalogue.problem("noop_detection_shop_lite-1")
        let text = ProblemBrief.description(broken, namespace: "env-1")
        #expect(text == ProblemBrief.description(sound, namespace: "env-1"))
        #expect(text.contains("env-1") && text.contains("front"))
    }

    @Test func theTwinIsDeployedTheSameWay() throws {
        let catalogue = try Catalogue.builtin()
        let all = try catalogue.ids.map { try catalogue.problem($0).application.definition }
        let manifests = all.map { $0.manifests(Self.placement) + [$0.workload(Self.placement)] }
        #expect(Set(manifests).count == 1)
    }

    @Test func nothingTheAgentCanReadNamesTheProblem() throws {
        let catalogue = try Catalogue.builtin()
        for id in catalogue.ids {
            let problem = try catalogue.problem(id)
            let application = problem.application.definition
            let objects = application.manifests(Self.placement) + [application.workload(Self.placement)]
            let text =
                objects.map(\.object.value.text).joined() + ProblemBrief.description(problem, namespace: "env-1")
            for word in [id, "target_port", "misconfig", "9999", "noop", "inject", "Virtualization", "benchmark"] {
                #expect(!text.contains(word), "\(word) can be read")
            }
        }
    }
}
