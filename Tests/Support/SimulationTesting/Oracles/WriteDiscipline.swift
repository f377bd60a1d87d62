import AIOpsAPI
import JSON
import KubernetesModel
import KubernetesTesting

/// O6: what every write of the operator must look like, whatever it is about; read from the server's own log.
struct WriteDiscipline: Sendable {
    private static let managers: Set<String> = ["aiops-operator", "aiops-worker", "deploy"]
    private static let ours: Set<ResourceType> = [
        AIOpsTask.resourceType, WorkerPool.resourceType, LLMConversation.resourceType,
    ]

    mutating func look(at call: APICall, _ violations: inout [Violation]) {
        let what = "\(call.verb) \(call.type) \(call.key)"
        if call.verb == "delete" {
            if (call.body["preconditions"]?["uid"]?.stringValue ?? "").isEmpty {
                violations.append(Violation(.writeDiscipline, "\(what) carries no uid"))
            }
            return
        }
        if !Self.managers.contains(call.query["fieldManager"] ?? "") {
            violations.append(
                Violation(.writeDiscipline, "\(what) has field manager '\(call.query["fieldManager"] ?? "")'"))
        }
        guard Self.ours.contains(call.type), call.verb != "create" else { return }
        switch call.contentType {
        case "application/json-patch+json":
            guard !call.body.text.contains("/metadata/uid") else { return }
            violations.append(Violation(.writeDiscipline, "\(what) tests no uid"))
        default:
            for field in ["uid", "resourceVersion"] where call.body["metadata"]?[field] == nil {
                violations.append(Violation(.writeDiscipline, "\(what) carries no \(field)"))
            }
        }
    }
}
