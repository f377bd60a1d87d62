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

    /// Names one object.
    struct Reference: Sendable, Hashable {
        var type: ResourceType
        var key: ObjectKey
    }

    /// In the order in which they are looked at, so that the same requests always do the same.
    var types: [ServedType] {
        didSet { indexTypes() }
    }
    private var served: [ResourceType: Int] = [:]
    var objects: [ResourceType: [ObjectKey: JSONValue]] = [:]
    /// Before it there was nothing.
    static let firstVersion: Int64 = 100
    var version = Self.firstVersion
    var compactedTo = Self.firstVersion
    var history: [Change] = []
    /// The changes kept for watches; older ones are forgotten.
    var historyLimit = 10_000
    /// Owners that are gone, so that dependents that come late are collected as well.
    var goneOwners: Set<String> = []
    /// The objects that name an owner, by its uid, and where each object with a uid is.
    var dependents: [String: Set<Reference>] = [:]
    var places: [String: Reference] = [:]
    /// What the garbage collector and the namespace controller still have to look at, oldest first.
    var dirty: [Reference] = []
    /// What each field manager last applied, by object uid; the key names manager and subresource.
    var applied: [String: [String: JSONValue]] = [:]
    var collectsGarbage = true
    /// Nothing is stored, and no version given.
    var isDryRun = false
    /// Whether account is kept of who owns which field: what conflicts between managers need, and nothing else.
    var keepsManagedFields = false
    /// By object uid: custom objects whose status is a default that no write has stored yet.
    var withUnstoredStatus: Set<String> = []
    /// By object uid.
    var managers: [String: [FieldManager]] = [:]
    private var issued = 0

    let profile: ServerProfile
    /// Whose age Kubernetes' own kinds are of, where that is another.
    private let builtIn: ServerProfile

    init(types: [ServedType], profile: ServerProfile = .v1_36, builtIn: ServerProfile? = nil) {
        self.types = types
        self.profile = profile
        self.builtIn = builtIn ?? profile
        indexTypes()
    }

    private mutating func indexTypes() {
        served = Dictionary(types.enumerated().map { ($1.type, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func served(_ type: ResourceType) -> ServedType { served[type].map { types[$0] } ?? ServedType(type) }

    func profile(of served: ServedType) -> ServerProfile { served.isCustom ? profile : builtIn }

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
        var new = object
        if keepsManagedFields, let uid = object["metadata", "uid"]?.stringValue {
            new["metadata", "managedFields"] = shownManagers(of: uid, apiVersion: type.apiVersion)
        }
        if let old, old == new, !hasUnstoredStatus(old) { return old }
        if isDryRun {
            new["metadata", "resourceVersion"] = old?["metadata", "resourceVersion"]
            return new
        }
        version += 1
        if old != nil, hasUnstoredStatus(new), let uid = new["metadata", "uid"]?.stringValue {
            withUnstoredStatus.remove(uid)
        }
        new["metadata", "resourceVersion"] = .string(String(version))
        objects[type, default: [:]][key] = new
        index(Reference(type: type, key: key), old: old, new: new)
        record(Change(version: version, type: type, old: old, new: new, last: new))
        return new
    }

    private func hasUnstoredStatus(_ object: JSONValue) -> Bool {
        guard !withUnstoredStatus.isEmpty, let uid = object["metadata", "uid"]?.stringValue else { return false }
        return withUnstoredStatus.contains(uid)
    }

    /// Takes an object away for good; gives its last state with the version of the deletion.
    @discardableResult
    mutating func remove(_ type: ResourceType, _ key: ObjectKey) -> JSONValue? {
        guard let old = objects[type]?.removeValue(forKey: key) else { return nil }
        version += 1
        var last = old
        last["metadata", "resourceVersion"] = .string(String(version))
        index(Reference(type: type, key: key), old: old, new: nil)
        if let uid = old["metadata", "uid"]?.stringValue {
            goneOwners.insert(uid)
            applied[uid] = nil
            managers[uid] = nil
            withUnstoredStatus.remove(uid)
            dirty += (dependents[uid] ?? []).sorted { ($0.type.plural, $0.key) < ($1.type.plural, $1.key) }
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
