import JSON
import KubernetesModel
import Primitives

extension APIState {
    /// Metadata that only the server writes.
    private static let systemMetadata = [
        "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "resourceVersion",
        "name", "namespace",
    ]

    /// Makes an object; `account` is told what it says before the server adds what is its own.
    mutating func create(
        _ type: ResourceType, namespace: String, _ body: JSONValue, now: Timestamp,
        account: (_ state: inout APIState, _ object: JSONValue) -> Void = { _, _ in }
    ) throws -> JSONValue {
        let served = served(type)
        var object = body
        var name = body["metadata", "name"]?.stringValue ?? ""
        if name.isEmpty, let prefix = body["metadata", "generateName"]?.stringValue, !prefix.isEmpty {
            name = prefix + String(nextUID().suffix(5))
        }
        try checkForm(body, served)
        if let own = body["metadata", "namespace"]?.stringValue, type.isNamespaced, own != namespace {
            throw APIFailure.badRequest(
                "the namespace of the provided object does not match the namespace sent on the request")
        }
        try checkNamespace(type, namespace, for: body)
        let key = ObjectKey(namespace: type.isNamespaced ? namespace : "", name: name)
        if let version = body["metadata", "resourceVersion"]?.stringValue, !version.isEmpty {
            throw APIFailure(500, "", "resourceVersion should not be set on objects to be created")
        }
        object["apiVersion"] = .string(type.apiVersion)
        object["kind"] = .string(type.kind)
        object["metadata", "name"] = .string(name)
        object["metadata", "namespace"] = type.isNamespaced ? .string(namespace) : nil
        object["metadata", "uid"] = .string(nextUID())
        object["metadata", "creationTimestamp"] = .string(now.rfc3339)
        object["metadata", "deletionTimestamp"] = nil
        object["metadata", "managedFields"] = nil
        object["metadata", "generation"] = served.countsGenerations ? 1 : nil
        if served.hasStatus { object["status"] = nil }
        Self.dropEmptyMetadata(&object)
        if let schema = served.schema { object = schema.completed(object) }
        if served.hasStatus, object["status"] == nil { object["status"] = served.defaultStatus }
        try validate(served, object, old: nil, name)
        if let there = self.object(type, key) {
            throw APIFailure.alreadyExists(type, name, isDying: there["metadata", "deletionTimestamp"] != nil)
        }
        account(&self, object)
        if type == .namespaces { Self.addFinalizer(&object) }
        // Its defaults in the status are shown, and stored with the next write, whatever that changes.
        if served.schema != nil, served.hasStatus, object["status"] != nil, !isDryRun,
            let uid = object["metadata", "uid"]?.stringValue
        {
            withUnstoredStatus.insert(uid)
        }
        let stored = store(object, type, key)
        settle(now: now)
        return stored
    }

    /// What a namespace waits for when it goes: its content.
    private static func addFinalizer(_ namespace: inout JSONValue) {
        let own = namespace["spec", "finalizers"]?.arrayValue ?? []
        if !own.contains("kubernetes") { namespace["spec", "finalizers"] = .array(own + ["kubernetes"]) }
    }

    /// The server's own types leave these out when they are empty.
    private static func dropEmptyMetadata(_ object: inout JSONValue) {
        for field in ["finalizers", "ownerReferences"] where object["metadata", field] == [] {
            object["metadata", field] = nil
        }
        for field in ["labels", "annotations"] where object["metadata", field] == [:] {
            object["metadata", field] = nil
        }
    }

    /// Replaces the object, or with a subresource that part of it.
    mutating func update(
        _ type: ResourceType, _ key: ObjectKey, subresource: String?, _ body: JSONValue, manager: String = "",
        now: Timestamp
    ) throws -> JSONValue {
        guard let old = object(type, key) else {
            // Before it looks whether there is anything, the older server compares the uid.
            if profile == .v1_20, let uid = body["metadata", "uid"]?.stringValue, !uid.isEmpty {
                throw APIFailure.otherUID(type, key, wanted: uid, found: "")
            }
            throw APIFailure.notFound(type, key.name)
        }
        if let uid = body["metadata", "uid"]?.stringValue, !uid.isEmpty, let mine = old["metadata", "uid"]?.stringValue,
            uid != mine
        {
            throw APIFailure.otherUID(type, key, wanted: uid, found: mine)
        }
        if served(type).isCustom, body["metadata", "resourceVersion"]?.stringValue ?? "" == "" {
            throw APIFailure.versionRequired(type, key.name, profile)
        }
        if let version = body["metadata", "resourceVersion"]?.stringValue, !version.isEmpty,
            version != old["metadata", "resourceVersion"]?.stringValue
        {
            throw APIFailure.modified(type, key.name)
        }
        if let name = body["metadata", "name"]?.stringValue, name != key.name {
            throw APIFailure.badRequest(
                "the name of the object (\(name)) does not match the name on the URL (\(key.name))")
        }
        return try replace(type, key, subresource: subresource, old: old, new: body, manager: manager, now: now)
    }

    /// Stores what a write made of an object: keeps what this write may not touch, counts generations, and lets the
    /// object go when its last finalizer went.
    mutating func replace(
        _ type: ResourceType, _ key: ObjectKey, subresource: String?, old: JSONValue, new body: JSONValue,
        manager: String? = nil, now: Timestamp
    ) throws -> JSONValue {
        let served = served(type)
        var new: JSONValue
        switch subresource {
        case nil:
            new = body
            new["apiVersion"] = old["apiVersion"]
            new["kind"] = old["kind"]
            for field in Self.systemMetadata { new["metadata", field] = old["metadata", field] }
            new["metadata", "managedFields"] = nil
            if served.hasStatus { new["status"] = old["status"] }
            if type == .namespaces { new["spec"] = old["spec"] }
            // What is pruned is no change of what is wanted.
            if let schema = served.schema { new = schema.completed(new) }
            try checkFinalizers(type, key, old: old, new: new)
            if served.countsGenerations, Self.description(of: new) != Self.description(of: old) {
                let generation = old["metadata", "generation"]?.integerValue ?? 0
                new["metadata", "generation"] = .integer(generation + 1)
            }
        case "scale":
            new = try scaled(old, type, to: body)
            if new != old {
                new["metadata", "generation"] = .integer((old["metadata", "generation"]?.integerValue ?? 0) + 1)
            }
        case "status":
            guard served.hasStatus else { throw APIFailure.noSuchPath }
            new = old
            new["status"] = body["status"]
        default:
            throw APIFailure.noSuchPath
        }
        Self.dropEmptyMetadata(&new)
        if let schema = served.schema { new = schema.completed(new) }
        try validate(served, new, old: old, key.name)
        if let manager { noteUpdate(new, type, old: old, by: manager, subresource: subresource, now: now) }
        if new["metadata", "deletionTimestamp"] != nil, Self.finalizers(of: new).isEmpty, type != .namespaces {
            // It is not stored once more before it goes.
            if keepsManagedFields, let uid = new["metadata", "uid"]?.stringValue {
                new["metadata", "managedFields"] = shownManagers(of: uid, apiVersion: type.apiVersion)
            }
            remove(type, key)
            settle(now: now)
            return new
        }
        let stored = store(new, type, key)
        settle(now: now)
        return stored
    }

    static func finalizers(of object: JSONValue) -> [String] {
        object["metadata", "finalizers"]?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    private func checkFinalizers(_ type: ResourceType, _ key: ObjectKey, old: JSONValue, new: JSONValue) throws {
        guard old["metadata", "deletionTimestamp"] != nil else { return }
        let added = Set(Self.finalizers(of: new)).subtracting(Self.finalizers(of: old))
        guard !added.isEmpty else { return }
        // Found twice, and told once.
        throw APIFailure.invalid(
            type, key.name,
            [StatusCause](
                repeating:
                    StatusCause(
                        reason: "FieldValueForbidden",
                        message: "Forbidden: no new finalizers can be added if the object is being deleted, found new "
                            + "finalizers []string{\(added.sorted().map { JSONValue.string($0).text }.joined(separator: ", "))}",
                        field: "metadata.finalizers"), count: 2))
    }

    /// What is sent must be of the kind that the address is of.
    private func checkForm(_ body: JSONValue, _ served: ServedType) throws {
        let (version, kind) = (body["apiVersion"]?.stringValue ?? "", body["kind"]?.stringValue ?? "")
        if served.isCustom, !version.isEmpty, version != served.type.apiVersion {
            throw APIFailure.badRequest(
                "the API version in the data (\(version)) does not match the expected API version "
                    + "(\(served.type.apiVersion))")
        }
        guard !served.isCustom, !kind.isEmpty, kind != served.type.kind else { return }
        throw APIFailure.badRequest(
            "\(kind) in version \"\(served.type.version)\" cannot be handled as a \(served.type.kind): no kind "
                + "\"\(kind)\" is registered for version \"\(version)\" in scheme \"memory\"")
    }

    private func checkNamespace(_ type: ResourceType, _ namespace: String, for body: JSONValue) throws {
        guard type.isNamespaced else { return }
        guard let home = object(.namespaces, ObjectKey(name: namespace)) else {
            throw APIFailure.notFound(.namespaces, namespace)
        }
        guard home["metadata", "deletionTimestamp"] == nil else {
            let metadata = body["metadata"]
            throw APIFailure.namespaceTerminating(
                type, metadata?["name"]?.stringValue ?? metadata?["generateName"]?.stringValue ?? "Unknown", namespace)
        }
    }

    private func validate(
        _ served: ServedType, _ new: JSONValue, old: JSONValue?, _ name: String
    ) throws {
        // Cheap, but not for nothing: what is unchanged was looked at when it was written.
        var causes =
            new["metadata"] == old?["metadata"] ? [] : MetadataRules(served, profile(of: served)).violations(new)
        if let schema = served.schema { causes += schema.violations(new, profile) }
        causes += served.validate(new, old)
        if served.isCustom, let cause = served.scale?.unreadable(new) { causes.append(cause) }
        if profile.knowsRules, let schema = served.schema, schema.hasRules {
            causes += causes.contains(where: \.stopsRules) ? [.rulesNotChecked] : schema.brokenRules(new, old: old)
        }
        guard causes.isEmpty else { throw APIFailure.invalid(served.type, name, causes) }
        guard served.type == .configMaps, Self.size(of: new) > Self.configMapLimit else { return }
        let word = profile == .v1_36 ? "may not be more than" : "must have at most"
        throw APIFailure.invalid(
            served.type, name,
            [
                StatusCause(
                    reason: "FieldValueTooLong", message: "Too long: \(word) \(Self.configMapLimit) bytes", field: "[]")
            ])
    }

    private static let configMapLimit = 1 << 20

    /// Of the values alone; what is binary counts as it is stored here, a third more than it is.
    private static func size(of map: JSONValue) -> Int {
        ["data", "binaryData"].reduce(0) { sum, field in
            sum + (map[field]?.objectValue ?? [:]).reduce(0) { $0 + ($1.value.stringValue?.utf8.count ?? 0) }
        }
    }

    /// All but metadata and status: what `generation` counts the changes of.
    private static func description(of object: JSONValue) -> JSONValue {
        var rest = object
        rest["metadata"] = nil
        rest["status"] = nil
        return rest
    }
}
