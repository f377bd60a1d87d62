import JSON

/// Kubernetes' own merge, as far as tests need it: lists that the API keys by a field are joined by it, others are replaced;
/// its `$` directives are not known.
enum StrategicMerge {
    static func apply(_ patch: JSONValue, to current: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var result = current.objectValue ?? [:]
        for (key, change) in changes {
            guard !change.isNull else {
                result[key] = nil
                continue
            }
            if let listKey = FieldSet.listKeys[key], case .array(let items) = change {
                result[key] = .array(join(items, into: result[key]?.arrayValue ?? [], by: listKey))
            } else {
                result[key] = apply(change, to: result[key] ?? .null)
            }
        }
        return .object(result)
    }

    private static func join(_ items: [JSONValue], into current: [JSONValue], by key: String) -> [JSONValue] {
        var result = current
        for item in items {
            if let index = result.firstIndex(where: { $0[key] == item[key] }) {
                result[index] = apply(item, to: result[index])
            } else {
                result.append(item)
            }
        }
        return result
    }
}
