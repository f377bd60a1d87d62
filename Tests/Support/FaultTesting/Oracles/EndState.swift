package import AIOpsAPI
package import ClusterTesting
import JSON
import KubernetesClient
package import KubernetesModel

/// O1: a task and its conversation at the end, field by field.
package struct EndState: Sendable {
    package private(set) var fields: [String: String]

    init(fields: [String: String]) { self.fields = fields }

    package init(_ task: AIOpsTask, _ cluster: TestCluster) async throws {
        let mask = NameMask(task)
        var fields: [String: String] = [:]
        let namespace = task.metadata.namespace ?? ""
        let key = ObjectKey(namespace: namespace, name: task.metadata.name)
        let read = try await cluster.client.getDynamic(AIOpsTask.resourceType, key).value
        Self.flatten(read["spec"], "task.spec", mask, &fields)
        Self.flatten(read["status"], "task.status", mask, &fields)
        Self.flatten(read["metadata"]?["finalizers"], "task.finalizers", mask, &fields)
        for link in task.status.conversations {
            let conversation = try await cluster.client.getDynamic(
                LLMConversation.resourceType, ObjectKey(namespace: namespace, name: link.name)
            ).value
            Self.flatten(conversation["spec"], "conversation.spec", mask, &fields)
            Self.flatten(conversation["status"], "conversation.status", mask, &fields)
        }
        self.fields = fields
    }

    /// An object that belongs to no task.
    package init(_ object: DynamicObject) {
        fields = [:]
        Self.flatten(object.value["spec"], "spec", .nothing, &fields)
        Self.flatten(object.value["status"], "status", .nothing, &fields)
    }

    /// What is left of the pool of a task's own.
    mutating func add(_ pool: DynamicObject, _ task: AIOpsTask) {
        let mask = NameMask(task)
        Self.flatten(pool.value["spec"], "pool.spec", mask, &fields)
        Self.flatten(pool.value["status"], "pool.status", mask, &fields)
    }

    /// The fields that differ, as `path: this instead of that`, those under `allowed` left out.
    package func differences(from clean: EndState, allowed: Set<String>) -> [String] {
        Set(fields.keys).union(clean.fields.keys).sorted().compactMap { path in
            guard fields[path] != clean.fields[path], !Self.isMeasured(path),
                !allowed.contains(where: { path.hasPrefix($0) })
            else { return nil }
            return "O1: \(path): \(fields[path] ?? "nothing") instead of \(clean.fields[path] ?? "nothing")"
        }
    }

    /// Paths in which two states differ: no test may depend on them.
    package func mask(with other: EndState) -> Set<String> {
        Set(fields.keys).union(other.fields.keys).filter { fields[$0] != other.fields[$0] }
    }

    /// Times, durations, and the length of texts that tell them, which may by chance be the same in two clean runs.
    private static func isMeasured(_ path: String) -> Bool {
        path.contains(".scores.TT")
            || ["At", "Time", "duration", "Seconds", "since", "seconds", "sha256", ".bytes"].contains(
                where: path.hasSuffix)
    }

    /// Lists of things with a type or a name are told apart by it, others by their place.
    private static func flatten(
        _ value: JSONValue?, _ path: String, _ mask: NameMask, _ fields: inout [String: String]
    ) {
        guard let value else { return }
        if let object = value.objectValue {
            for (key, member) in object { flatten(member, "\(path).\(key)", mask, &fields) }
        } else if let array = value.arrayValue {
            for (index, element) in array.enumerated() {
                let name = element["type"]?.stringValue ?? element["name"]?.stringValue ?? "\(index)"
                flatten(element, "\(path)[\(mask.masked(name))]", mask, &fields)
            }
        } else {
            fields[path] = mask.masked(value.stringValue ?? value.text)
        }
    }
}
