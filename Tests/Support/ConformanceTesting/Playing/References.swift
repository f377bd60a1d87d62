import JSON

/// What earlier answers said, for later requests to speak of: `$uid(a)` and `$version(a)` for the newest state seen of an
/// object, `$first(a)` for the first version of it, `$list` for the version of the last list, `$ns` for the namespace.
struct References: Sendable {
    private let namespace: String
    private var seen: [String: [JSONValue]] = [:]
    private var listVersion = ""

    init(namespace: String) { self.namespace = namespace }

    mutating func learn(_ exchange: Exchange) {
        guard exchange.status < 300, let body = exchange.json, let metadata = body["metadata"] else { return }
        if body["items"] != nil { listVersion = metadata["resourceVersion"]?.stringValue ?? "" }
        guard let name = metadata["name"]?.stringValue, metadata["uid"] != nil, body["kind"] != "Scale",
            body["kind"] != "PartialObjectMetadata"
        else { return }
        seen[name, default: []].append(body)
    }

    /// The newest state seen of an object, or the first.
    func object(_ name: String, first: Bool = false) -> JSONValue {
        (first ? seen[name]?.first : seen[name]?.last) ?? [:]
    }

    func filled(_ text: String) -> String {
        guard text.contains("$") else { return text }
        var result = text.replacing("$ns", with: namespace)
        for (name, states) in seen {
            for (word, field, state) in [
                ("uid", "uid", states.last), ("version", "resourceVersion", states.last),
                ("first", "resourceVersion", states.first),
            ] {
                let value = state?["metadata"]?[field]?.stringValue ?? ""
                result = result.replacing("$\(word)(\(name))", with: value)
            }
        }
        return result.replacing("$list", with: listVersion)
    }

    func filled(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): return .string(filled(text))
        case .array(let items): return .array(items.map(filled))
        case .object(let members):
            var result = JSONObject()
            for (key, member) in members { result[key] = filled(member) }
            return .object(result)
        default: return value
        }
    }
}
