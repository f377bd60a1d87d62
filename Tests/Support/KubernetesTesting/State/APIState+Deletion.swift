import JSON
import KubernetesModel
import Primitives

extension APIState {
    private static let foreground = "foregroundDeletion"
    private static let orphan = "orphan"

    /// Asks for a deletion; gives the object as it is left, or nil when it is gone at once.
    mutating func delete(
        _ type: ResourceType, _ key: ObjectKey, options: JSONValue, now: Timestamp
    ) throws -> JSONValue? {
        guard let old = object(type, key) else { throw APIFailure.notFound(type, key.name) }
        if let uid = options["preconditions"]?["uid"]?.stringValue, let mine = old["metadata", "uid"]?.stringValue,
            uid != mine
        {
            throw APIFailure.conflict(
                type, key.name,
                "the UID in the precondition (\(uid)) does not match the UID in record (\(mine)). The object might "
                    + "have been deleted and then recreated")
        }
        if let version = options["preconditions"]?["resourceVersion"]?.stringValue,
            let mine = old["metadata", "resourceVersion"]?.stringValue, version != mine
        {
            throw APIFailure.conflict(
                type, key.name,
                "the ResourceVersion in the precondition (\(version)) does not match the ResourceVersion in record "
                    + "(\(mine)). The object might have been modified")
        }
        switch options["propagationPolicy"]?.stringValue {
        case "Orphan": release(dependentsOf: old)
        case "Foreground" where !dependents(of: old).isEmpty: begin(type, key, adding: Self.foreground, now: now)
        default: break
        }
        begin(type, key, adding: nil, now: now)
        settle(now: now)
        return object(type, key)
    }

    /// Marks the object as being deleted, or takes it away when nothing holds it.
    private mutating func begin(_ type: ResourceType, _ key: ObjectKey, adding finalizer: String?, now: Timestamp) {
        guard var object = object(type, key) else { return }
        var finalizers = Self.finalizers(of: object)
        if let finalizer, !finalizers.contains(finalizer) {
            finalizers.append(finalizer)
            object["metadata", "finalizers"] = .array(finalizers.map(JSONValue.string))
        }
        // A namespace is held by its content.
        guard !finalizers.isEmpty || type == .namespaces else {
            remove(type, key)
            return
        }
        if object["metadata", "deletionTimestamp"] == nil {
            object["metadata", "deletionTimestamp"] = .string(now.rfc3339)
            object["metadata", "deletionGracePeriodSeconds"] = 0
            if let generation = object["metadata", "generation"]?.integerValue {
                object["metadata", "generation"] = .integer(generation + 1)
            }
        }
        if type == .namespaces { object["status", "phase"] = "Terminating" }
        store(object, type, key)
    }

    /// Does what the garbage collector and the namespace controller would come to do, until nothing is left to do.
    mutating func settle(now: Timestamp) {
        guard collectsGarbage else { return }
        while emptyNamespaces(now: now) || collect(now: now) {}
    }

    private mutating func emptyNamespaces(now: Timestamp) -> Bool {
        let before = version
        for (home, namespace) in objects[.namespaces] ?? [:] where namespace["metadata", "deletionTimestamp"] != nil {
            var isEmpty = true
            for type in objects.keys where type.isNamespaced {
                for key in (objects[type] ?? [:]).keys.sorted() where key.namespace == home.name {
                    begin(type, key, adding: nil, now: now)
                    if object(type, key) != nil { isEmpty = false }
                }
            }
            if isEmpty, Self.finalizers(of: namespace).isEmpty { remove(.namespaces, home) }
        }
        return version != before
    }

    private mutating func collect(now: Timestamp) -> Bool {
        let before = version
        for type in objects.keys {
            for key in (objects[type] ?? [:]).keys.sorted() {
                guard let object = object(type, key) else { continue }
                let owners = Self.owners(of: object)
                if !owners.isEmpty, owners.allSatisfy(goneOwners.contains) {
                    begin(type, key, adding: nil, now: now)
                }
                let finalizers = Self.finalizers(of: object)
                guard finalizers.contains(Self.foreground) else { continue }
                for (type, key) in dependents(of: object) { begin(type, key, adding: nil, now: now) }
                guard dependents(of: object).isEmpty, var rest = self.object(type, key) else { continue }
                let left = finalizers.filter { $0 != Self.foreground }
                rest["metadata", "finalizers"] = left.isEmpty ? nil : .array(left.map(JSONValue.string))
                store(rest, type, key)
                if left.isEmpty { remove(type, key) }
            }
        }
        return version != before
    }

    private func dependents(of object: JSONValue) -> [(ResourceType, ObjectKey)] {
        guard let uid = object["metadata", "uid"]?.stringValue else { return [] }
        return objects.flatMap { type, members in
            members.filter { Self.owners(of: $0.value).contains(uid) }.map { (type, $0.key) }
        }
    }

    private mutating func release(dependentsOf object: JSONValue) {
        for (type, key) in dependents(of: object) {
            guard var dependent = self.object(type, key) else { continue }
            let rest = dependent["metadata", "ownerReferences"]?.arrayValue?.filter {
                $0["uid"] != object["metadata", "uid"]
            }
            dependent["metadata", "ownerReferences"] = (rest ?? []).isEmpty ? nil : rest.map(JSONValue.array)
            store(dependent, type, key)
        }
    }

    private static func owners(of object: JSONValue) -> [String] {
        object["metadata", "ownerReferences"]?.arrayValue?.compactMap { $0["uid"]?.stringValue } ?? []
    }
}
