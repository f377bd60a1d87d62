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

    /// - Throws: where anything is missing. What is not in the baseline is not compared, so half of one would let a broken
    ///   application pass for whole.
    package init(encoded: String) throws(ProblemError) {
        do {
            let value = try JSONValue(parsing: Array(encoded.utf8))
            workloads = try Self.list(value, "workloads").map { item throws(JSONError) in
                Workload(
                    name: try Self.text(item, "name"), replicas: try Self.number(item, "replicas"),
                    images: try Self.strings(item, "images"), selector: try Self.strings(item, "selector"),
                    content: try Self.text(item, "content"))
            }
            entries = try Self.list(value, "entries").map { item throws(JSONError) in
                Entry(
                    name: try Self.text(item, "name"), selector: try Self.strings(item, "selector"),
                    targets: try Self.targets(item))
            }
            files = try Self.strings(value, "files")
        } catch {
            throw .unreadableRecord("baseline", error)
        }
    }

    private static func list(_ value: JSONValue, _ field: String) throws(JSONError) -> [JSONValue] {
        guard let list = value[field]?.arrayValue else { throw missing(field) }
        return list
    }

    private static func text(_ value: JSONValue, _ field: String) throws(JSONError) -> String {
        guard let text = value[field]?.stringValue else { throw missing(field) }
        return text
    }

    private static func number(_ value: JSONValue, _ field: String) throws(JSONError) -> Int {
        guard let number = value[field]?.integerValue else { throw missing(field) }
        return Int(number)
    }

    private static func targets(_ value: JSONValue) throws(JSONError) -> [Int: Int] {
        guard let object = value["targets"]?.objectValue else { throw missing("targets") }
        var targets: [Int: Int] = [:]
        for (port, target) in object {
            guard let port = Int(port), let number = target.integerValue else { throw missing("targets") }
            targets[port] = Int(number)
        }
        return targets
    }

    private static func strings(_ value: JSONValue, _ field: String) throws(JSONError) -> [String: String] {
        guard let object = value[field]?.objectValue else { throw missing(field) }
        var result: [String: String] = [:]
        for (key, item) in object {
            guard let text = item.stringValue else { throw missing("\(field).\(key)") }
            result[key] = text
        }
        return result
    }

    private static func missing(_ field: String) -> JSONError {
        JSONError(offset: 0, message: "\(field) is missing or of another kind")
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
}
