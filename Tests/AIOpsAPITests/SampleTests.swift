import AIOpsAPI
import FoundationEssentials
import JSON
import KubernetesModel
import Testing
import YAML

@Suite struct SampleTests {
    @Test(arguments: [
        ("detection", "shop_lite_target_port-misconfig-detection-1"),
        ("localization", "shop_lite_target_port-misconfig-localization-1"),
        ("analysis", "shop_lite_target_port-misconfig-analysis-1"),
        ("mitigation", "shop_lite_target_port-misconfig-mitigation-1"),
        ("noop", "noop_detection_shop_lite-1"),
    ])
    func theTaskSamplesAreGood(name: String, problem: String) throws {
        let manifest = try sample(name)
        let task = try AIOpsTask(jsonValue: manifest)
        #expect(task.spec.problem?.id == problem)
        #expect(task.spec.validate() == [])
        #expect(AIOpsTask.Spec.schema.check(manifest["spec"] ?? nil, at: "spec") == [])
        #expect(manifest["kind"] == "AIOpsTask")
        #expect(manifest["apiVersion"] == "aiops.dev/v1alpha1")
    }

    @Test func thePoolSampleIsGood() throws {
        let manifest = try sample("pool")
        let pool = try WorkerPool(jsonValue: manifest)
        #expect(pool.metadata.name == APIGroup.defaultPoolName)
        #expect(pool.spec.validate() == [])
        #expect(WorkerPool.Spec.schema.check(manifest["spec"] ?? nil, at: "spec") == [])
    }

    private func sample(_ name: String) throws -> JSONValue {
        let file = Repository.root.appending(path: "manifests/samples/\(name).yaml")
        return try YAML.parse(Array(try Data(contentsOf: file)))
    }
}
