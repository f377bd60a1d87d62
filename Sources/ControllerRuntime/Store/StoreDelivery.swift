package import KubernetesModel

/// A change to a store of whole objects, for those who fill one without a watch.
package enum StoreDelivery<R: KubernetesObject>: Sendable {
    /// A whole list, and the version it is as of.
    case replace([R], version: String)
    case upsert(R)
    /// The object as it was last, with the version of its deletion.
    case delete(R)
    case advance(String)
}

extension Store where Row: KubernetesObject {
    package convenience init(indexes: [StoreIndex<Row>] = []) {
        self.init(kind: Row.resourceType.kind, indexes: indexes)
    }

    package func apply(_ delivery: StoreDelivery<Row>) {
        switch delivery {
        case .replace(let objects, let version):
            beginStage()
            for object in objects { stage(StoreEntry(object)) }
            commit(version: version)
        case .upsert(let object): show(StoreEntry(object))
        case .delete(let object): hide(object.key, as: object.metadata.resourceVersion)
        case .advance(let version): advance(to: version)
        }
    }
}
