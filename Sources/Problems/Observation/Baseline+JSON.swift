import JSON

extension Baseline {
    /// One line for the task's status.
    package func encoded() throws(ProblemError) -> String {
        let text = json.text
        guard text.utf8.count <= Self.maximumBytes else {
            throw .baselineTooLarge(bytes: text.utf8.count, limit: Self.maximumBytes)
        }
        return text
    }

    package init(encoded: String) throws(ProblemError) {
        do {
            let value = try JSONValue(parsing: Array(encoded.utf8))
            workloads = (value["workloads"]?.arrayValue ?? []).map { item in
                Workload(
                    name: item["name"]?.stringValue ?? "", replicas: Int(item["replicas"]?.integerValue ?? 0),
                    images: Self.strings(item["images"]), selector: Self.strings(item["selector"]),
                    content: item["content"]?.stringValue ?? "")
            }
            entries = (value["entries"]?.arrayValue ?? []).map { item in
                var targets: [Int: Int] = [:]
                for (port, target) in item["targets"]?.objectValue ?? [:] {
                    if let port = Int(port), let number = target.integerValue { targets[port] = Int(number) }
                }
                return Entry(
                    name: item["name"]?.stringValue ?? "", selector: Self.strings(item["selector"]), targets: targets)
            }
            files = Self.strings(value["files"])
        } catch {
            throw .unreadableRecord("baseline", error)
        }
    }

    private var json: JSONValue {
        [
            "workloads": .array(
                workloads.map { workload in
                    [
                        "name": .string(workload.name), "replicas": .integer(Int64(workload.replicas)),
                        "images": workload.images.jsonValue(), "selector": workload.selector.jsonValue(),
                        "content": .string(workload.content),
                    ]
                }),
            "entries": .array(
                entries.map { entry in
                    var targets: JSONObject = [:]
                    for (port, target) in entry.targets.sorted(by: { $0.key < $1.key }) {
                        targets[String(port)] = .integer(Int64(target))
                    }
                    return [
                        "name": .string(entry.name), "selector": entry.selector.jsonValue(),
                        "targets": .object(targets),
                    ]
                }),
            "files": files.jsonValue(),
        ]
    }

    private static func strings(_ value: JSONValue?) -> [String: String] {
        var result: [String: String] = [:]
        for (key, item) in value?.objectValue ?? [:] { result[key] = item.stringValue }
        return result
    }
}
