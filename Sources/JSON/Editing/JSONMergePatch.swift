/// Merge patches (RFC 7386): objects merge, null removes, anything else replaces.
package enum JSONMergePatch {
    package static func apply(_ patch: JSONValue, to target: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var result = target.objectValue ?? JSONObject()
        for (key, change) in changes {
            result[key] = change.isNull ? .none : .some(apply(change, to: result[key] ?? .null))
        }
        return .object(result)
    }

    /// The smallest patch that turns `old` into `new`; nil when they are equal.
    ///
    /// A null inside `new` cannot be said by a merge patch: `apply(diff(from: a, to: b), to: a)` then lacks the member.
    package static func diff(from old: JSONValue, to new: JSONValue) -> JSONValue? {
        guard old != new else { return nil }
        guard case .object(let before) = old, case .object(let after) = new else { return new }
        var changes = JSONObject()
        for (key, value) in after {
            guard let previous = before[key] else {
                changes[key] = value
                continue
            }
            if let change = diff(from: previous, to: value) { changes[key] = change }
        }
        for key in before.keys where after[key] == nil { changes[key] = .null }
        return .object(changes)
    }
}
