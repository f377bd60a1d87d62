import JSON
import KubernetesModel
import Primitives

extension APIState {
    /// Asks for a deletion; gives the object as it is left, or nil when it is gone at once.
    mutating func delete(
        _ type: ResourceType, _ key: ObjectKey, options: JSONValue, now: Timestamp
    ) throws -> JSONValue? {
        guard let old = object(type, key) else { throw APIFailure.notFound(type, key.name) }
        try checkPreconditions(type, key, options["preconditions"] ?? .null, of: old)
        let finalizer: String? =
            switch options["propagationPolicy"]?.stringValue {
            case "Orphan": Self.orphan
            case "Foreground": Self.foreground
            default: nil
            }
        begin(type, key, adding: finalizer, now: now)
        // The answer is from before the garbage collector and the namespace controller have looked at it.
        let left = object(type, key)
        settle(now: now)
        return left
    }

    /// Asks for the deletion of everything that matches; gives the list of it.
    mutating func deleteCollection(_ call: APICall, _ filter: ObjectFilter, now: Timestamp) throws -> JSONValue {
        let chosen = list(call.type, filter)
        var metadata: JSONValue = ["resourceVersion": .string(String(version))]
        if served(call.type).schema != nil { metadata["continue"] = "" }
        for object in chosen {
            let key = ObjectKey(
                namespace: call.type.isNamespaced ? object["metadata", "namespace"]?.stringValue ?? "" : "",
                name: object["metadata", "name"]?.stringValue ?? "")
            _ = try delete(call.type, key, options: call.body, now: now)
        }
        return [
            "apiVersion": .string(call.type.apiVersion), "kind": .string(call.type.kind + "List"),
            "metadata": metadata, "items": .array(chosen.map { served(call.type).asItem($0) }),
        ]
    }

    /// The real server calls the resource by its kind here, unlike everywhere else.
    private func checkPreconditions(
        _ type: ResourceType, _ key: ObjectKey, _ wanted: JSONValue, of old: JSONValue
    ) throws {
        if let uid = wanted["uid"]?.stringValue, let mine = old["metadata", "uid"]?.stringValue, uid != mine {
            throw APIFailure.conflict(
                type, key.name,
                "the UID in the precondition (\(uid)) does not match the UID in record (\(mine)). The object might "
                    + "have been deleted and then recreated", named: type.kind)
        }
        if let version = wanted["resourceVersion"]?.stringValue,
            let mine = old["metadata", "resourceVersion"]?.stringValue, version != mine
        {
            throw APIFailure.conflict(
                type, key.name,
                "the ResourceVersion in the precondition (\(version)) does not match the ResourceVersion in record "
                    + "(\(mine)). The object might have been modified", named: type.kind)
        }
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
            // Those go by a way of their own.
            if type != .namespaces { object["metadata", "deletionGracePeriodSeconds"] = 0 }
            if let generation = object["metadata", "generation"]?.integerValue {
                object["metadata", "generation"] = .integer(generation + 1)
            }
        }
        if type == .namespaces { object["status", "phase"] = "Terminating" }
        store(object, type, key)
    }

    /// Does what the garbage collector and the namespace controller would come to do, until nothing is left to do.
    mutating func settle(now: Timestamp) {
        guard collectsGarbage else {
            dirty = []
            return
        }
        while !dirty.isEmpty {
            let batch = dirty
            dirty = []
            for place in batch { attend(to: place, now: now) }
        }
    }

    private mutating func attend(to place: Reference, now: Timestamp) {
        guard let object = object(place.type, place.key) else { return }
        let isDying = object["metadata", "deletionTimestamp"] != nil
        if place.type == .namespaces, isDying { return empty(place.key, object, now: now) }
        let owners = Self.owners(of: object)
        let isOrphaned = !owners.isEmpty && owners.allSatisfy(goneOwners.contains)
        if !isDying, isOrphaned || isTerminating(place.key.namespace) {
            begin(place.type, place.key, adding: nil, now: now)
        }
        if isDying, Self.finalizers(of: object).contains(Self.orphan) {
            release(dependentsOf: object, now: now)
            letGo(place, Self.orphan)
        }
        guard isDying, Self.finalizers(of: object).contains(Self.foreground) else { return }
        finishForeground(place, object, now: now)
    }

    /// In the foreground an owner waits for those dependents that say they block it.
    private mutating func finishForeground(_ place: Reference, _ object: JSONValue, now: Timestamp) {
        for dependent in places(dependingOn: object, blocking: true) {
            guard let its = self.object(dependent.type, dependent.key), its["metadata", "deletionTimestamp"] == nil
            else { continue }
            let holds = places(dependingOn: its).isEmpty ? nil : Self.foreground
            begin(dependent.type, dependent.key, adding: holds, now: now)
        }
        if places(dependingOn: object, blocking: true).isEmpty { letGo(place, Self.foreground) }
    }

    private mutating func letGo(_ place: Reference, _ finalizer: String) {
        guard var rest = object(place.type, place.key) else { return }
        let left = Self.finalizers(of: rest).filter { $0 != finalizer }
        rest["metadata", "finalizers"] = left.isEmpty ? nil : .array(left.map(JSONValue.string))
        store(rest, place.type, place.key)
        if left.isEmpty { remove(place.type, place.key) }
    }

    private mutating func empty(_ home: ObjectKey, _ namespace: JSONValue, now: Timestamp) {
        var isEmpty = true
        for type in types.map(\.type) where type.isNamespaced {
            for key in (objects[type] ?? [:]).keys.filter({ $0.namespace == home.name }).sorted() {
                if object(type, key)?["metadata", "deletionTimestamp"] == nil {
                    begin(type, key, adding: nil, now: now)
                }
                if object(type, key) != nil { isEmpty = false }
            }
        }
        if isEmpty, Self.finalizers(of: namespace).isEmpty { remove(.namespaces, home) }
    }

    private mutating func release(dependentsOf object: JSONValue, now: Timestamp) {
        for place in places(dependingOn: object) {
            guard var dependent = self.object(place.type, place.key) else { continue }
            let rest = dependent["metadata", "ownerReferences"]?.arrayValue?.filter {
                $0["uid"] != object["metadata", "uid"]
            }
            let before = dependent
            dependent["metadata", "ownerReferences"] = (rest ?? []).isEmpty ? nil : rest.map(JSONValue.array)
            noteUpdate(
                dependent, place.type, old: before, by: "kube-controller-manager", subresource: nil, now: now)
            store(dependent, place.type, place.key)
        }
    }
}
