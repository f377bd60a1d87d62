import JSON
import KubernetesModel
import Primitives

extension APIState {
    mutating func patch(
        _ type: ResourceType, _ key: ObjectKey, subresource: String?, contentType: String, _ body: JSONValue,
        manager: String, isForced: Bool = true, now: Timestamp, look: (_ patched: JSONValue) throws -> Void = { _ in }
    ) throws -> JSONValue {
        if contentType == "application/apply-patch+yaml" {
            return try apply(
                type, key, subresource: subresource, body, manager: manager, isForced: isForced || !keepsManagedFields,
                now: now)
        }
        guard let stored = object(type, key) else { throw APIFailure.notFound(type, key.name) }
        // A patch is one of the text of an object, whose members are in order; what it adds comes behind them.
        let shown = served(type).schema == nil ? stored : stored.inOrder
        let old = subresource == "scale" ? try scale(of: stored, type) : shown
        let new: JSONValue
        switch contentType {
        case "application/json-patch+json":
            do {
                new = try JSONPatch(jsonValue: body).apply(to: old)
            } catch {
                throw APIFailure.patchRejected
            }
        case "application/merge-patch+json":
            new = JSONMergePatch.apply(body, to: old)
        case "application/strategic-merge-patch+json" where !served(type).isCustom:
            new = StrategicMerge.apply(body, to: old)
        default:
            throw APIFailure(
                415, "UnsupportedMediaType",
                "the body of the request was in an unknown format - accepted media types include: "
                    + "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml")
        }
        try look(new)
        // Whoever names both has an old view of what is there: the version is looked at first.
        if let version = new["metadata", "resourceVersion"]?.stringValue, !version.isEmpty,
            version != stored["metadata", "resourceVersion"]?.stringValue
        {
            throw APIFailure.modified(type, key.name)
        }
        if let uid = new["metadata", "uid"]?.stringValue, uid != stored["metadata", "uid"]?.stringValue {
            throw APIFailure.immutableUID(type, key.name, uid)
        }
        // A version in the patch is a precondition, as in a replace.
        let written = try update(
            type, key, subresource: subresource, new, manager: manager.isEmpty ? Self.unnamedManager : manager, now: now
        )
        return subresource == "scale" ? try scale(of: written, type) : written
    }

    /// Who writes without saying who it is, and with a client that names itself no better.
    static let unnamedManager = "unknown"

    private mutating func apply(
        _ type: ResourceType, _ key: ObjectKey, subresource: String?, _ body: JSONValue, manager: String,
        isForced: Bool, now: Timestamp
    ) throws -> JSONValue {
        guard !manager.isEmpty else {
            throw APIFailure.managerRequired
        }
        let slot = "\(manager)/\(subresource ?? "")"
        guard let old = object(type, key) else {
            guard subresource == nil else { throw APIFailure.notFound(type, key.name) }
            let created = try create(type, namespace: key.namespace, body, now: now) { state, object in
                guard state.keepsManagedFields, let uid = object["metadata", "uid"]?.stringValue else { return }
                let intent = FieldSet.values(of: body, isIntent: true)
                _ = state.noteApply(intent, onto: [:], uid: uid, by: manager, subresource: nil, now: now)
            }
            remember(body, of: created, in: slot)
            return created
        }
        let uid = old["metadata", "uid"]?.stringValue ?? ""
        if let other = body["metadata", "uid"]?.stringValue, other != uid {
            throw APIFailure.immutableUID(type, key.name, other)
        }
        var intent = body
        // The version is a precondition; the rest of the identity is not a field to own.
        for field in ["uid", "resourceVersion", "name", "namespace"] { intent["metadata", field] = nil }
        if let version = body["metadata", "resourceVersion"]?.stringValue,
            version != old["metadata", "resourceVersion"]?.stringValue
        {
            throw APIFailure.modified(type, key.name)
        }
        var merged: JSONValue
        if keepsManagedFields {
            let named = FieldSet.values(of: intent, isIntent: true)
            let profile = profile(of: served(type))
            let part = profile == .v1_36 ? subresource : nil
            let clashes = isForced ? [] : conflicts(named, with: old, by: manager, subresource: part)
            guard clashes.isEmpty else { throw APIFailure.applyConflict(clashes, profile, apiVersion: type.apiVersion) }
            merged = AppliedMerge.merge(current: old, previous: .null, intent: intent)
            let released = noteApply(
                named, onto: FieldSet.values(of: old, isIntent: false), uid: uid, by: manager, subresource: part,
                now: now)
            for path in released { AppliedMerge.remove(path[...], from: &merged) }
        } else {
            merged = AppliedMerge.merge(current: old, previous: applied[uid]?[slot] ?? .null, intent: intent)
        }
        let stored = try replace(type, key, subresource: subresource, old: old, new: merged, now: now)
        remember(intent, of: stored, in: slot)
        return stored
    }

    private mutating func remember(_ intent: JSONValue, of object: JSONValue, in slot: String) {
        guard let uid = object["metadata", "uid"]?.stringValue else { return }
        applied[uid, default: [:]][slot] = intent
    }
}
