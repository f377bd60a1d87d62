package import JSON
import KubernetesModel
import Primitives

/// Everything the in-memory server knows, as a value: a request is a mutation of it, a dry run one of a copy.
///
/// Invariants: every stored object carries the version of its last change; `history` holds the changes after
/// `compactedTo` without gaps, oldest first; a version is given to one change only.
package struct APIState: Sendable {
    /// One change, as watches see it.
    struct Change: Sendable {
        var version: Int64
        var type: ResourceType
        /// Nil on creation.
        var old: JSONValue?
        /// Nil on deletion.
        var new: JSONValue?
        /// The object with the version of its deletion.
        var last: JSONValue
    }

    var types: [ServedType]
    var objects: [ResourceType: [ObjectKey: JSONValue]] = [:]
    var version: Int64 = 100
    var compactedTo: Int64 = 100
    var history: [Change] = []
    /// The changes kept for watches; older ones are forgotten.
    var historyLimit = 10_000
    /// Owners that are gone, so that dependents that come late are collected as well.
    var goneOwners: Set<String> = []
    /// What each field manager last applied, by object uid; the key names manager and subresource.
    var applied: [String: [String: JSONValue]] = [:]
    var collectsGarbage = true
    private var issued = 0

    init(types: [ServedType]) {
        self.types = types
    }

    func served(_ type: ResourceType) -> ServedType { types.first { $0.type == type } ?? ServedType(type) }

    func object(_ type: ResourceType, _ key: ObjectKey) -> JSONValue? { objects[type]?[key] }

    mutating func nextUID() -> String {
        issued += 1
        let digits = String(issued, radix: 16)
        return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
    }

    /// Stores a changed object under a new version, unless nothing changed; gives what is stored then.
    @discardableResult
    mutating func store(_ object: JSONValue, _ type: ResourceType, _ key: ObjectKey) -> JSONValue {
        let old = objects[type]?[key]
        if let old, old == object { return old }
        version += 1
        var new = object
        new["metadata", "resourceVersion"] = .string(String(version))
        objects[type, default: [:]][key] = new
        record(Change(version: version, type: type, old: old, new: new, last: new))
        return new
    }

    /// Takes an object away for good; gives its last state with the version of the deletion.
    @discardableResult
    mutating func remove(_ type: ResourceType, _ key: ObjectKey) -> JSONValue? {
        guard let old = objects[type]?.removeValue(forKey: key) else { return nil }
        version += 1
        var last = old
        last["metadata", "resourceVersion"] = .string(String(version))
        if let uid = old["metadata", "uid"]?.stringValue {
            goneOwners.insert(uid)
            applied[uid] = nil
        }
        record(Change(version: version, type: type, old: old, new: nil, last: last))
        return last
    }

    /// Forgets the changes up to now: watches and lists from older versions are answered with 410.
    mutating func compact() {
        compactedTo = version
        history = []
    }

    private mutating func record(_ change: Change) {
        history.append(change)
        if history.count > historyLimit {
            compactedTo = history[0].version
            history.removeFirst()
        }
    }
}

extension JSONValue {
    /// A member of a member; setting makes the outer object when there is none.
    package subscript(outer: String, inner: String) -> JSONValue? {
        get { self[outer]?[inner] }
        set {
            var object = self[outer] ?? .object([:])
            object[inner] = newValue
            self[outer] = object
        }
    }
}
