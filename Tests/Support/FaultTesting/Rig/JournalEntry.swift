package import JSON

/// One request of the operator as it went through the proxy.
package struct JournalEntry: Sendable {
    package let value: JSONValue

    package var number: Int { Int(value["number"]?.integerValue ?? 0) }
    package var verb: String { text("verb") }
    package var resource: String { text("resource") }
    package var subresource: String { text("subresource") }
    package var namespace: String { text("namespace") }
    package var name: String { text("name") }
    package var status: Int { Int(value["status"]?.integerValue ?? 0) }
    package var body: JSONValue? { value["body"] }
    package var fault: String? { value["fault"]?.stringValue }
    package var auditID: String? { value["auditID"]?.stringValue }
    package var fieldManager: String? { value["query"]?["fieldManager"]?.stringValue }
    /// What was run in a pod.
    package var command: String? { value["command"]?.stringValue }
    /// A dry run is none.
    package var isWrite: Bool {
        ["create", "update", "patch", "delete"].contains(verb) && value["query"]?["dryRun"] == nil
    }
    /// Answered by the proxy itself; the server never heard of it.
    package var isInvented: Bool { value["own"] == true }
    /// Neither answered nor broken off yet; what the operator is to die of, until it is dead.
    package var isUnderWay: Bool {
        isWrite && value["ended"] == nil && (value["status"] == nil || fault?.hasPrefix("kill-") == true)
    }
    /// The server did it, whether or not the operator learned of it.
    package var isCommitted: Bool { isWrite && !isInvented && (200..<300).contains(status) }
    /// The number among the writes whose order is part of the work; nil for others.
    package var writeNumber: Int? { value["write"]?.integerValue.map { Int($0) } }
    package var at: Double { value["at"].flatMap { Double($0.text) } ?? 0 }

    /// The name of what was made, also where the path has none.
    package var objectName: String { name.isEmpty ? body?["metadata"]?["name"]?.stringValue ?? "" : name }

    package func isSameRequest(as other: JournalEntry) -> Bool {
        verb == other.verb && resource == other.resource && subresource == other.subresource
            && namespace == other.namespace && objectName == other.objectName
    }

    package var description: String {
        "\(verb) \(resource)\(subresource.isEmpty ? "" : "/\(subresource)") \(namespace)/\(objectName) → \(status)"
    }

    private func text(_ field: String) -> String { value[field]?.stringValue ?? "" }
}
