package import KubernetesModel

/// What the server said about a write.
package struct WrittenObject: Sendable, Hashable {
    package var type: ResourceType
    package var key: ObjectKey
    package var uid: String
    /// Nil after a deletion, which returns none.
    package var resourceVersion: String?
    /// The write took away the last thing that held an object on its way out.
    package var isGone: Bool

    package init(type: ResourceType, key: ObjectKey, uid: String, resourceVersion: String?, isGone: Bool = false) {
        self.type = type
        self.key = key
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.isGone = isGone
    }

    package func isSameObject(as other: WrittenObject) -> Bool { type == other.type && key == other.key }
}
