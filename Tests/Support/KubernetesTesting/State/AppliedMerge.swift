import JSON

/// The merge behind server-side apply, as far as tests need it: what the manager applied before and leaves out now is
/// removed, what it names is set, the rest stays.
///
/// Lists are replaced whole, but for those that the API keys by a field. Ownership by several managers is not kept.
enum AppliedMerge {
    private static let listKeys = [
        "conditions": "type", "containers": "name", "initContainers": "name", "env": "name", "volumes": "name",
        "volumeMounts": "mountPath", "ownerReferences": "uid", "stages": "name",
    ]

    static func merge(current: JSONValue, previous: JSONValue, intent: JSONValue) -> JSONValue {
        guard case .object(let wanted) = intent, case .object(let present) = current else { return intent }
        var result = present
        if case .object(let before) = previous {
            for key in before.keys where wanted[key] == nil { result[key] = nil }
        }
        for (key, value) in wanted {
            guard let existing = present[key] else {
                result[key] = value
                continue
            }
            let before = previous[key] ?? .null
            if let listKey = listKeys[key], case .array(let items) = value, case .array(let old) = existing {
                result[key] = .array(mergeList(old, before.arrayValue ?? [], items, by: listKey))
            } else {
                result[key] = merge(current: existing, previous: before, intent: value)
            }
        }
        return .object(result)
    }

    private static func mergeList(
        _ current: [JSONValue], _ previous: [JSONValue], _ intent: [JSONValue], by key: String
    ) -> [JSONValue] {
        func item(_ list: [JSONValue], like other: JSONValue) -> JSONValue? { list.first { $0[key] == other[key] } }
        let kept = current.compactMap { old -> JSONValue? in
            guard let wanted = item(intent, like: old) else { return item(previous, like: old) == nil ? old : nil }
            return merge(current: old, previous: item(previous, like: old) ?? .null, intent: wanted)
        }
        return kept + intent.filter { item(current, like: $0) == nil }
    }
}
