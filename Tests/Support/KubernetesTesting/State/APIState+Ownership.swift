import JSON
import KubernetesModel

/// Who owns whom, kept beside the objects so that no write has to look at all of them.
extension APIState {
    static let foreground = "foregroundDeletion"
    static let orphan = "orphan"

    /// Keeps the indexes up with one change, and marks whoever it is of consequence to.
    mutating func index(_ place: Reference, old: JSONValue?, new: JSONValue?) {
        let before = old.map(Self.owners) ?? []
        let after = new.map(Self.owners) ?? []
        for owner in before where !after.contains(owner) { dependents[owner]?.remove(place) }
        for owner in after where !before.contains(owner) { dependents[owner, default: []].insert(place) }
        if let uid = (new ?? old)?["metadata", "uid"]?.stringValue { places[uid] = new == nil ? nil : place }
        if let new {
            if !after.isEmpty || new["metadata", "deletionTimestamp"] != nil || isTerminating(place.key.namespace) {
                dirty.append(place)
            }
        } else {
            // Whoever waits for the last of its dependents, or for its content, may be free now.
            dirty += before.compactMap { places[$0] }
            if isTerminating(place.key.namespace) {
                dirty.append(Reference(type: .namespaces, key: ObjectKey(name: place.key.namespace)))
            }
        }
    }

    func isTerminating(_ namespace: String) -> Bool {
        guard !namespace.isEmpty else { return false }
        return object(.namespaces, ObjectKey(name: namespace))?["metadata", "deletionTimestamp"] != nil
    }

    /// The places of those that name the object as an owner, in a fixed order.
    func places(dependingOn object: JSONValue, blocking: Bool = false) -> [Reference] {
        guard let uid = object["metadata", "uid"]?.stringValue else { return [] }
        return (dependents[uid] ?? []).filter { place in
            guard blocking else { return true }
            let owners = self.object(place.type, place.key)?["metadata", "ownerReferences"]?.arrayValue ?? []
            return owners.contains { $0["uid"]?.stringValue == uid && $0["blockOwnerDeletion"]?.boolValue == true }
        }.sorted { ($0.type.plural, $0.key) < ($1.type.plural, $1.key) }
    }

    static func owners(of object: JSONValue) -> [String] {
        object["metadata", "ownerReferences"]?.arrayValue?.compactMap { $0["uid"]?.stringValue } ?? []
    }
}
