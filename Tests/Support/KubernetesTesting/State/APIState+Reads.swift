import JSON
import KubernetesModel

extension APIState {
    /// The objects that match, in the order of a real server: by namespace and name.
    func list(_ type: ResourceType, _ filter: ObjectFilter) -> [JSONValue] {
        (objects[type] ?? [:]).sorted { $0.key < $1.key }.map(\.value).filter(filter.matches)
    }

    /// What a watch from `version` has missed.
    func changes(_ type: ResourceType, after version: Int64) -> [Change] {
        changes(after: version).filter { $0.type == type }
    }

    /// All changes after `version`; versions only grow, so the place is found by halving.
    func changes(after version: Int64) -> ArraySlice<Change> {
        var (low, high) = (0, history.count)
        while low < high {
            let middle = (low + high) / 2
            if history[middle].version > version { high = middle } else { low = middle + 1 }
        }
        return history[low...]
    }

    /// The objects as they were at an earlier version; nil when history does not reach back so far.
    func objects(_ type: ResourceType, at version: Int64) -> [ObjectKey: JSONValue]? {
        guard version >= compactedTo || compactedTo == Self.firstVersion else { return nil }
        var past = objects[type] ?? [:]
        for change in changes(after: version).reversed() where change.type == type {
            let metadata = change.last["metadata"]
            let key = ObjectKey(
                namespace: type.isNamespaced ? metadata?["namespace"]?.stringValue ?? "" : "",
                name: metadata?["name"]?.stringValue ?? "")
            past[key] = change.old
        }
        return past
    }

    func checkReadable(_ text: String?) throws {
        guard let text, !text.isEmpty else { return }
        guard let wanted = Int64(text) else {
            let why =
                "resourceVersion: Invalid value: \"\(text)\": strconv.ParseUint: parsing \"\(text)\": invalid syntax"
            guard profile == .v1_36 else { throw APIFailure(500, "", why) }
            throw APIFailure.badRequest("invalid resource version: \(why)")
        }
        guard wanted <= version else { throw APIFailure.tooLarge(wanted, current: version) }
    }
}

extension APIState.Change {
    /// The event a watch with this filter shows, if any: an object that comes into sight is added, one that goes out of
    /// it is deleted.
    func event(_ filter: ObjectFilter) -> String? {
        let was = old.map(filter.matches) ?? false
        let isNow = new.map(filter.matches) ?? false
        switch (was, isNow) {
        case (false, true): return "ADDED"
        case (true, true): return "MODIFIED"
        case (true, false): return "DELETED"
        case (false, false): return nil
        }
    }

    /// The object as that event shows it: one that goes out of sight as it was when it was last seen.
    func shown(as event: String) -> JSONValue {
        guard event == "DELETED", new != nil, var before = old else { return last }
        before["metadata", "resourceVersion"] = last["metadata", "resourceVersion"]
        return before
    }
}
