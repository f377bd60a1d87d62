import JSON
import KubernetesModel
import Primitives

/// One entry of an object's `managedFields`.
struct FieldManager: Sendable, Equatable {
    var name: String
    var isApply: Bool
    /// Servers before 1.22 keep no account of it.
    var subresource: String?
    var fields: FieldSet
    var time: String

    func isSame(_ name: String, isApply: Bool, _ subresource: String?) -> Bool {
        self.name == name && self.isApply == isApply && self.subresource == subresource
    }
}

/// Who owns which fields, where the server was told to keep account of it (`keepsManagedFields`).
///
/// In 1.20 a write of the main resource counts as one of its whole status, too.
extension APIState {
    /// Notes what a write other than an apply changed: whoever wrote a value last owns it, nobody else does.
    mutating func noteUpdate(
        _ object: JSONValue, _ type: ResourceType, old: JSONValue?, by manager: String, subresource: String?,
        now: Timestamp
    ) {
        guard keepsManagedFields, let uid = object["metadata", "uid"]?.stringValue else { return }
        let profile = profile(of: served(type))
        let part = profile == .v1_36 ? subresource : nil
        let after = FieldSet.values(of: Self.section(of: object, subresource, profile), isIntent: false)
        let before = old.map { FieldSet.values(of: Self.section(of: $0, subresource, profile), isIntent: false) } ?? [:]
        let changed = after.filter { before[$0.key] != $0.value || (old == nil) }.keys
        let added = changed.filter { before[$0] == nil || $0.last != "." }
        let alsoOwned =
            profile == .v1_20 && subresource == nil && old != nil ? after.keys.filter { $0.first == "f:status" } : []
        let removed = before.keys.filter { after[$0] == nil }
        guard !added.isEmpty || !removed.isEmpty else { return }
        var entries = managers[uid] ?? []
        for index in entries.indices {
            entries[index].fields.subtract(removed)
            guard !entries[index].isSame(manager, isApply: false, part) else { continue }
            entries[index].fields.subtract(added.filter { $0.last != "." })
        }
        if let index = entries.firstIndex(where: { $0.isSame(manager, isApply: false, part) }) {
            entries[index].fields.formUnion(added)
            entries[index].fields.formUnion(alsoOwned)
            entries[index].time = now.rfc3339
        } else if !added.isEmpty {
            entries.append(
                FieldManager(
                    name: manager, isApply: false, subresource: part, fields: FieldSet(added), time: now.rfc3339))
        }
        managers[uid] = entries.filter { !$0.fields.isEmpty }
    }

    /// What the intent of `manager` collides with: fields that others own with another value.
    func conflicts(
        _ intent: [[String]: JSONValue], with object: JSONValue, by manager: String, subresource: String?
    ) -> [(FieldManager, [String])] {
        let uid = object["metadata", "uid"]?.stringValue ?? ""
        let current = FieldSet.values(of: object, isIntent: false)
        return (managers[uid] ?? []).filter { !$0.isSame(manager, isApply: true, subresource) }.flatMap { entry in
            intent.filter { entry.fields.contains($0.key) && current[$0.key] != $0.value }.keys
                .sorted { $0.lexicographicallyPrecedes($1) }.map { (entry, $0) }
        }
    }

    /// Notes an apply; gives the fields that the manager has let go and nobody else owns.
    mutating func noteApply(
        _ intent: [[String]: JSONValue], onto current: [[String]: JSONValue], uid: String, by manager: String,
        subresource: String?, now: Timestamp
    ) -> [[String]] {
        var entries = managers[uid] ?? []
        let before = entries.first { $0.isSame(manager, isApply: true, subresource) }
        let fields = FieldSet(intent.keys)
        // A value taken over by force is its last writer's alone.
        let taken = intent.filter { current[$0.key] != nil && current[$0.key] != $0.value }.keys
        if let before, before.fields == fields, taken.isEmpty { return [] }
        entries.removeAll { $0.isSame(manager, isApply: true, subresource) }
        let released = (before?.fields.paths ?? []).subtracting(fields.paths).filter { path in
            !entries.contains { $0.fields.contains(path) }
        }
        for index in entries.indices { entries[index].fields.subtract(taken) }
        let entry = FieldManager(
            name: manager, isApply: true, subresource: subresource, fields: fields, time: now.rfc3339)
        managers[uid] = [entry] + entries.filter { !$0.fields.isEmpty }
        return released.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The status for a write of the status, all but it for one of the rest.
    private static func section(
        of object: JSONValue, _ subresource: String?, _ profile: ServerProfile
    ) -> JSONValue {
        guard subresource == "status" else {
            var rest = object
            if profile == .v1_36 { rest["status"] = nil }
            return rest
        }
        return ["apiVersion": object["apiVersion"] ?? "", "status": object["status"] ?? [:]]
    }

    /// `managedFields` as the API shows them: what was applied first, each by age.
    func shownManagers(of uid: String, apiVersion: String) -> JSONValue? {
        guard keepsManagedFields, let entries = managers[uid], !entries.isEmpty else { return nil }
        let ordered = entries.filter(\.isApply) + entries.filter { !$0.isApply }
        return .array(
            ordered.map { entry in
                var shown: JSONValue = [
                    "apiVersion": .string(apiVersion), "fieldsType": "FieldsV1", "fieldsV1": entry.fields.tree,
                    "manager": .string(entry.name), "operation": entry.isApply ? "Apply" : "Update",
                    "time": .string(entry.time),
                ]
                if let subresource = entry.subresource { shown["subresource"] = .string(subresource) }
                return shown
            })
    }
}
