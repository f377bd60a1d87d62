import JSON

/// Which fields somebody owns, as `fieldsV1` names them: `f:key`, `k:{...}` for the element of a keyed list, `v:...` for the
/// element of a set, and `.` for the thing itself.
struct FieldSet: Sendable, Equatable {
    private(set) var paths: Set<[String]> = []

    /// Lists that the API keys by fields, and those that are sets.
    static let listKeys = [
        "conditions": "type", "containers": "name", "initContainers": "name", "env": "name", "volumes": "name",
        "volumeMounts": "mountPath", "ownerReferences": "uid", "stages": "name",
    ]
    private static let setLists: Set<String> = ["finalizers"]

    /// Metadata that the server writes, or that names the object: owned by nobody.
    private static let unowned: Set<String> = [
        "name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp",
        "deletionGracePeriodSeconds", "managedFields",
    ]

    init() {}

    /// All that an object says, with the value at each place.
    ///
    /// An applied intent owns what it names; an update also owns the maps and lists that it brings.
    static func values(of object: JSONValue, isIntent: Bool) -> [[String]: JSONValue] {
        var found: [[String]: JSONValue] = [:]
        guard case .object(let members) = object else { return found }
        // The spec of a built-in kind is a struct, which nobody can own as a whole.
        let group = object["apiVersion"]?.stringValue ?? ""
        let isBuiltIn = !group.contains(".") || group.contains(".k8s.io/")
        for (key, value) in members where key != "apiVersion" && key != "kind" {
            guard key == "metadata" else {
                add(value, named: key, at: ["f:" + key], isIntent, &found)
                continue
            }
            for (field, value) in value.objectValue ?? [:] where !unowned.contains(field) {
                add(value, named: field, at: ["f:metadata", "f:" + field], isIntent, &found)
            }
        }
        if isBuiltIn { for part in ["f:spec", "f:status"] { found[[part, "."]] = nil } }
        return found
    }

    private static func add(
        _ value: JSONValue, named name: String, at path: [String], _ isIntent: Bool,
        _ found: inout [[String]: JSONValue]
    ) {
        switch value {
        case .object(let members):
            if !isIntent || members.isEmpty { found[path + ["."]] = .null }
            for (key, member) in members { add(member, named: key, at: path + ["f:" + key], isIntent, &found) }
        case .array(let items):
            if let key = listKeys[name] {
                if !isIntent, name == "ownerReferences" { found[path + ["."]] = .null }
                for item in items {
                    let place = path + ["k:{\"\(key)\":\((item[key] ?? .null).text)}"]
                    found[place + ["."]] = .null
                    for (field, member) in item.objectValue ?? [:] {
                        add(member, named: field, at: place + ["f:" + field], isIntent, &found)
                    }
                }
            } else if setLists.contains(name) {
                if !isIntent { found[path + ["."]] = .null }
                for item in items { found[path + ["v:" + item.text]] = item }
            } else {
                found[path] = value
            }
        default: found[path] = value
        }
    }

    init(_ paths: some Sequence<[String]>) { self.paths = Set(paths) }

    var isEmpty: Bool { paths.isEmpty }
    func contains(_ path: [String]) -> Bool { paths.contains(path) }
    mutating func formUnion(_ other: some Sequence<[String]>) { paths.formUnion(other) }
    mutating func subtract(_ other: some Sequence<[String]>) { paths.subtract(other) }

    /// The form in `managedFields`.
    var tree: JSONValue {
        var root = JSONValue.object([:])
        for path in paths.sorted(by: { $0.lexicographicallyPrecedes($1) }) { Self.insert(path[...], into: &root) }
        return root
    }

    private static func insert(_ path: ArraySlice<String>, into tree: inout JSONValue) {
        guard let first = path.first else { return }
        var inner = tree[first] ?? [:]
        insert(path.dropFirst(), into: &inner)
        tree[first] = inner
    }

    /// The path as messages write it: `.status.phase`.
    static func text(_ path: [String]) -> String {
        path.filter { $0 != "." }.map { part in
            part.hasPrefix("f:") ? "." + part.dropFirst(2) : "[" + part.dropFirst(2).filter { !"{}".contains($0) } + "]"
        }.joined()
    }
}
