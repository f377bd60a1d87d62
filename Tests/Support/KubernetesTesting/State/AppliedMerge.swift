import JSON

/// The merge behind server-side apply, as far as tests need it: what the manager applied before and leaves out now is
/// removed, what it names is set, the rest stays.
///
/// Lists are replaced whole, but for those that the API keys by a field. Where the server keeps account of managers,
/// `previous` is null and what was let go is taken away by ``remove(_:from:)``.
enum AppliedMerge {
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
            if let listKey = FieldSet.listKeys[key], case .array(let items) = value, case .array(let old) = existing {
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

    /// Takes away the field at the path of a field set.
    static func remove(_ path: ArraySlice<String>, from value: inout JSONValue) {
        guard let first = path.first else { return }
        let rest = path.dropFirst()
        if first.hasPrefix("f:") {
            let key = String(first.dropFirst(2))
            guard var member = value[key] else { return }
            let isLast = rest.isEmpty || rest.first == "."
            if isLast {
                value[key] = nil
            } else {
                remove(rest, from: &member)
                value[key] = member
            }
        } else if case .array(let items) = value {
            value = .array(
                items.compactMap { item in
                    guard names(first, item) else { return item }
                    guard !rest.isEmpty, rest.first != "." else { return nil }
                    var changed = item
                    remove(rest, from: &changed)
                    return changed
                })
        }
    }

    private static func names(_ part: String, _ item: JSONValue) -> Bool {
        if part.hasPrefix("v:") { return item.text == part.dropFirst(2) }
        guard part.hasPrefix("k:"), let key = try? JSONValue(parsing: Array(part.dropFirst(2).utf8)) else {
            return false
        }
        return (key.objectValue ?? [:]).allSatisfy { item[$0.key] == $0.value }
    }
}
