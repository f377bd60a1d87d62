package import KubernetesModel

/// One object as a store keeps it: who it is, how new, and the row that its controller wants of it.
package struct StoreEntry<Row: Sendable>: Sendable {
    package var key: ObjectKey
    package var uid: ObjectUID
    package var resourceVersion: String
    package var isBeingDeleted: Bool
    package var row: Row

    package init(
        key: ObjectKey, uid: ObjectUID, resourceVersion: String, isBeingDeleted: Bool = false, row: Row
    ) {
        self.key = key
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.isBeingDeleted = isBeingDeleted
        self.row = row
    }

    /// What is kept of an object is whatever `row` draws from it.
    package init<R: KubernetesObject>(_ object: R, row: (R) -> Row) {
        let metadata = object.metadata
        self.init(
            key: metadata.key, uid: ObjectUID(metadata.uid), resourceVersion: metadata.resourceVersion,
            isBeingDeleted: metadata.isBeingDeleted, row: row(object))
    }
}

extension StoreEntry where Row: KubernetesObject {
    /// The whole object.
    package init(_ object: Row) { self.init(object, row: { $0 }) }
}

/// A store's entry without its row.
package struct ObjectIdentity: Sendable, Hashable {
    package var uid: ObjectUID
    package var resourceVersion: String
    package var isBeingDeleted: Bool

    /// Newer in the sense of the server's history.
    package func isNewer(than other: String) -> Bool { ResourceVersion.isNewer(resourceVersion, than: other) }
}
