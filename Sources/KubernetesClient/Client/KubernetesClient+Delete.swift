import JSON
package import KubernetesModel

/// What became of an object that was to be deleted.
package enum Deletion: Sendable, Hashable {
    /// It is gone.
    case done
    /// It lives on until its finalizers, or its grace period, are over.
    case pending(PartialObjectMetadata)
}

extension KubernetesClient {
    /// Asks for the deletion; the object may live on until its finalizers are gone.
    package func delete(
        _ type: ResourceType, _ key: ObjectKey, _ options: DeleteOptions = DeleteOptions()
    ) async throws(KubernetesError) {
        _ = try await bytes(deleteRequest(type, key, options))
    }

    /// As ``delete(_:_:_:)``, and says whether the object is gone.
    package func requestDeletion(
        _ type: ResourceType, _ key: ObjectKey, _ options: DeleteOptions = DeleteOptions()
    ) async throws(KubernetesError) -> Deletion {
        let request = deleteRequest(type, key, options)
        let answer = try decode(DeletionAnswer.self, try await bytes(request), request.operation)
        guard answer.kind != "Status", answer.metadata.isBeingDeleted else { return .done }
        return .pending(PartialObjectMetadata(metadata: answer.metadata))
    }

    /// Asks for the deletion of every object that the selectors leave, or of all in the namespace.
    ///
    /// `options` holds no precondition: a uid names one object.
    package func deleteCollection(
        _ type: ResourceType, namespace: String?, selecting list: ListOptions = ListOptions(),
        _ options: DeleteOptions = DeleteOptions()
    ) async throws(KubernetesError) {
        var query: [(String, String)] = []
        if let selector = list.labelSelector, !selector.isEmpty { query.append(("labelSelector", selector)) }
        if let selector = list.fieldSelector, !selector.isEmpty { query.append(("fieldSelector", selector)) }
        if let version = list.resourceVersion, !version.isEmpty {
            query.append(("resourceVersion", version))
            if let match = list.versionMatch { query.append(("resourceVersionMatch", match.rawValue)) }
        }
        let key = namespace.flatMap { $0.isEmpty ? nil : ObjectKey(namespace: $0, name: "") }
        _ = try await bytes(
            APIRequest(
                operation: Operation(verb: "deletecollection", resource: type, key: key), method: "DELETE",
                path: type.path(namespace: namespace), query: query, contentType: "application/json",
                body: options.jsonBytes(),
                // A repeat deletes what was made in between as well.
                repeatability: .unsafe, responseLimit: ListPaging.pageLimit))
    }

    private func deleteRequest(_ type: ResourceType, _ key: ObjectKey, _ options: DeleteOptions) -> APIRequest {
        APIRequest(
            operation: Operation(verb: "delete", resource: type, key: key), method: "DELETE",
            path: type.path(namespace: key.namespace, name: key.name), contentType: "application/json",
            body: options.jsonBytes(),
            // Without the uid a repeat could hit a new object of the same name.
            repeatability: options.uid == nil ? .unsafe : .safe)
    }
}

/// A `Status`, or the object as the deletion has left it.
private struct DeletionAnswer: JSONDecodable {
    var kind = ""
    var metadata = ObjectMeta()

    init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "kind": kind = try reader.string()
            case "metadata": metadata = try reader.decodeIfPresent(ObjectMeta.self) ?? ObjectMeta()
            default: try reader.skip()
            }
        }
    }
}
