import Conversations
import KubernetesModel
import Primitives
import Testing

@testable import Controllers

/// Whether what cannot be unpacked is damaged, or this machine cannot do it now.
@Suite struct ConfigMapLinesTests {
    /// What is damaged stays so for good, and a machine without memory has seen nothing of it.
    @Test(
        arguments: [
            (GzipError.noMemory, nil), (.truncated, "ends too early"), (.corrupt("x"), "no valid gzip: x"),
            (.tooLarge(limit: 7), "more than 7 bytes"),
        ] as [(GzipError, String?)])
    func onlyWhatIsReadAndWrongIsDamaged(error: GzipError, said: String?) {
        let map = ConfigMap(metadata: ObjectMeta(name: "segment", namespace: "demo"))
        switch map.cannotUnpack("messages.jsonl.gz", error) {
        case .unavailable(let reason, let cause):
            #expect(said == nil && reason.contains("segment") && (cause as? GzipError) == error)
        case .corrupt(let fault):
            #expect(said.map { "\(fault)".contains($0) } == true && "\(fault)".contains("segment"), "\(fault)")
        case let other: Issue.record("\(other)")
        }
    }
}
