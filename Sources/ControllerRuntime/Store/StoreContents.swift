package import KubernetesModel

/// The objects of one kind as of one version.
///
/// Invariants
/// - per key the version shown never goes back, whoever offers an object: the watch or a live read. The one exception
///   is a list that is older than the contents: the server's data was restored, and what it says now is the truth;
/// - `indexed` holds for each index and value exactly the keys whose present object draws that value;
/// - `isSynced` is set by the first whole list and stays.
package struct StoreContents<R: KubernetesObject>: Sendable {
    package typealias Change = StoreChange<R>

    private var objects: [ObjectKey: R] = [:]
    private var indexed: [String: [String: Set<ObjectKey>]] = [:]
    private let indexes: [StoreIndex<R>]
    package private(set) var isSynced = false
    /// The version of the kind that the contents have reached; empty before the first list.
    package private(set) var version = ""

    package init(indexes: [StoreIndex<R>] = []) {
        self.indexes = indexes + [StoreIndex(Self.namespaceIndex) { [$0.key.namespace] }]
    }

    package var count: Int { objects.count }
    package subscript(key: ObjectKey) -> R? { objects[key] }

    /// In the order of the keys.
    package var all: [R] { objects.sorted { $0.key < $1.key }.map(\.value) }

    package func all(namespace: String) -> [R] { all(index: Self.namespaceIndex, value: namespace) }

    /// Empty for an index that was not declared.
    package func all(index: String, value: String) -> [R] {
        (indexed[index]?[value] ?? []).sorted().compactMap { objects[$0] }
    }

    /// Shows a whole list at once.
    ///
    /// Every difference is reported, and every object that is missing from it as gone.
    package mutating func replace(with items: [R], version newVersion: String) -> [Change] {
        let wasRestored = ResourceVersion.isNewer(version, than: newVersion)
        var changes: [Change] = []
        var listed = Set<ObjectKey>()
        for item in items {
            listed.insert(item.key)
            if let change = show(item, origin: .list, evenIfOlder: wasRestored) { changes.append(change) }
        }
        for (key, object) in objects where !listed.contains(key) {
            // A live read may have shown what was made after this list.
            guard wasRestored || !ResourceVersion.isNewer(object.metadata.resourceVersion, than: newVersion) else {
                continue
            }
            hide(key)
            changes.append(Change(key: key, old: object, new: nil, origin: .list))
        }
        version = newVersion
        isSynced = true
        return changes.sorted { $0.key < $1.key }
    }

    /// Nil when what is shown is as new or newer.
    package mutating func upsert(_ object: R) -> Change? {
        advance(to: object.metadata.resourceVersion)
        return show(object, origin: .live)
    }

    /// `object` is the last state, with the version of the deletion.
    ///
    /// Nil when something newer of that name is shown.
    package mutating func delete(_ object: R) -> Change? {
        advance(to: object.metadata.resourceVersion)
        guard let old = objects[object.key],
            !ResourceVersion.isNewer(old.metadata.resourceVersion, than: object.metadata.resourceVersion)
        else { return nil }
        hide(object.key)
        return Change(key: object.key, old: old, new: nil, origin: .live)
    }

    package mutating func advance(to newVersion: String) {
        if ResourceVersion.isNewer(newVersion, than: version) { version = newVersion }
    }

    /// Shows an object read from the server at the side of the watch; the version of the kind stays where it is.
    package mutating func offer(_ object: R) -> Change? { show(object, origin: .live) }

    /// Hides an object that a live read did not find, if it is still the same one.
    package mutating func withdraw(_ key: ObjectKey, uid: String) -> Change? {
        guard let old = objects[key], old.metadata.uid == uid else { return nil }
        hide(key)
        return Change(key: key, old: old, new: nil, origin: .list)
    }

    private mutating func show(_ object: R, origin: Change.Origin, evenIfOlder: Bool = false) -> Change? {
        let old = objects[object.key]
        if let old {
            let (given, shown) = (object.metadata.resourceVersion, old.metadata.resourceVersion)
            guard ResourceVersion.isNewer(given, than: shown) || (evenIfOlder && given != shown) else { return nil }
        }
        if let old { updateIndexes(for: old) { $0.remove($1) } }
        objects[object.key] = object
        updateIndexes(for: object) { $0.insert($1) }
        return Change(key: object.key, old: old, new: object, origin: origin)
    }

    private mutating func hide(_ key: ObjectKey) {
        guard let old = objects.removeValue(forKey: key) else { return }
        updateIndexes(for: old) { $0.remove($1) }
    }

    private mutating func updateIndexes(for object: R, _ change: (inout Set<ObjectKey>, ObjectKey) -> Void) {
        for index in indexes {
            for value in index.values(object) {
                change(&indexed[index.name, default: [:]][value, default: []], object.key)
                if indexed[index.name]?[value]?.isEmpty == true { indexed[index.name]?[value] = nil }
            }
        }
    }

    private static var namespaceIndex: String { "\0namespace" }
}
