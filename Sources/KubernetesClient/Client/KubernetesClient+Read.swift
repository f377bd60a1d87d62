import HTTP
import JSON
package import KubernetesModel

extension KubernetesClient {
    package func get<R: KubernetesObject>(_ kind: R.Type, _ key: ObjectKey) async throws(KubernetesError) -> R {
        let request = getRequest(R.resourceType, key)
        return try decode(R.self, try await bytes(request), request.operation)
    }

    /// The object whole, for kinds without a struct.
    package func getDynamic(_ type: ResourceType, _ key: ObjectKey) async throws(KubernetesError) -> DynamicObject {
        let request = getRequest(type, key)
        return try decode(DynamicObject.self, try await bytes(request), request.operation)
    }

    /// All objects of a kind, page by page.
    ///
    /// When the continue token ends before the last page, the list starts over in one answer, so that the result is
    /// always one consistent state. No namespace, or an empty one, means all of them.
    package func list<R: KubernetesObject>(
        _ kind: R.Type, namespace: String? = nil, options: ListOptions = ListOptions()
    ) async throws(KubernetesError) -> ResourceList<R> {
        try await pages(ListPage<R>.self, R.resourceType, namespace, options)
    }

    /// All objects of a kind, whole; items get the `apiVersion` and `kind` that lists of built-in kinds leave out.
    package func listDynamic(
        _ type: ResourceType, namespace: String? = nil, options: ListOptions = ListOptions()
    ) async throws(KubernetesError) -> ResourceList<DynamicObject> {
        var list = try await pages(ListPage<DynamicObject>.self, type, namespace, options)
        for index in list.items.indices {
            list.items[index].apiVersion = type.apiVersion
            list.items[index].kind = type.kind
        }
        return list
    }

    func getRequest(_ type: ResourceType, _ key: ObjectKey) -> APIRequest {
        APIRequest(
            operation: Operation(verb: "get", resource: type, key: key), method: "GET",
            path: type.path(namespace: key.namespace, name: key.name), repeatability: .safe)
    }

    func pages<Item: JSONDecodable & Sendable>(
        _ page: ListPage<Item>.Type, _ type: ResourceType, _ namespace: String?, _ options: ListOptions
    ) async throws(KubernetesError) -> ResourceList<Item> {
        var paging = ListPaging(options: options)
        var items: [Item] = []
        while true {
            let request = paging.request(type, namespace: namespace)
            let page: ListPage<Item>
            do {
                page = try decode(ListPage<Item>.self, try await bytes(request), request.operation)
            } catch {
                guard error.isExpired, paging.restartUnpaged() else { throw error }
                items = []
                continue
            }
            if items.isEmpty { items = page.items } else { items += page.items }
            guard paging.advance(to: page.continueToken) else {
                return ResourceList(items: items, resourceVersion: page.resourceVersion)
            }
            guard items.count < ListPaging.mostItems else {
                throw KubernetesError(request.operation, .transport(.tooLarge(limit: ListPaging.mostItems)))
            }
        }
    }
}
