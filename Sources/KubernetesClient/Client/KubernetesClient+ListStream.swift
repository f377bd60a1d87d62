import HTTP
import JSON
package import KubernetesModel

extension KubernetesClient {
    /// Hands over the objects of a kind one by one as their bytes come in, page by page, and returns the version the list
    /// is as of.
    ///
    /// No more than one object and one piece of the body is held here. `each` gets nil when the continue token has ended
    /// before the last page: the list then starts over in one answer, and what came before does not count. Nothing is
    /// retried here: whoever keeps a cache decides on the pace. No namespace, or an empty one, means all of them.
    package func streamList<R: KubernetesObject>(
        _ kind: R.Type, namespace: String? = nil, options: ListOptions = ListOptions(), each: (R?) -> Void
    ) async throws(KubernetesError) -> String {
        var paging = ListPaging(options: options)
        while true {
            let request = streamed(paging.request(R.resourceType, namespace: namespace))
            let page: ListMetadata
            do throws(KubernetesError) {
                page = try await readPage(request, each: each)
            } catch {
                guard error.isExpired, paging.restartUnpaged() else { throw error }
                each(nil)
                continue
            }
            guard paging.advance(to: page.continueToken) else { return page.resourceVersion }
        }
    }

    /// The version of a collection, from its first page alone.
    package func listVersion(
        _ type: ResourceType, namespace: String? = nil, options: ListOptions
    ) async throws(KubernetesError) -> String {
        let request = ListPaging(options: options).request(type, namespace: namespace)
        return try decode(ListPage<SkippedItem>.self, try await bytes(request), request.operation)
            .resourceVersion
    }

    private func streamed(_ request: APIRequest) -> APIRequest {
        var request = request
        request.responseLimit = .max
        // A long list over a slow line takes as long as it takes, but silence means that nobody is there.
        request.totalTimeout = nil
        request.idleTimeout = APIRequest.timeout
        return request
    }

    private func readPage<R: KubernetesObject>(
        _ request: APIRequest, each: (R?) -> Void
    ) async throws(KubernetesError) -> ListMetadata {
        let body = try await response(request).body
        var pieces = body.makeAsyncIterator()
        var splitter = ListSplitter()
        var metadata = ListMetadata()
        while true {
            let bytes: [UInt8]?
            do {
                bytes = try await pieces.next()
            } catch {
                throw KubernetesError(request.operation, .transport(error))
            }
            guard let bytes else { break }
            splitter.append(bytes)
            do throws(JSONError) {
                while let piece = try splitter.next() {
                    switch piece {
                    case .item(let item): each(try R(json: item))
                    case .metadata(let value): metadata = try ListMetadata(json: value)
                    }
                }
            } catch {
                throw KubernetesError(request.operation, .decode(error))
            }
        }
        guard splitter.isComplete else {
            let cut = JSONError(offset: 0, message: "the list ends before its last bracket")
            throw KubernetesError(request.operation, .decode(cut))
        }
        return metadata
    }
}

/// What a page says about itself.
private struct ListMetadata: JSONDecodable {
    var resourceVersion = ""
    var continueToken = ""

    init() {}

    init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "resourceVersion": resourceVersion = try reader.decodeIfPresent(String.self) ?? ""
            case "continue": continueToken = try reader.decodeIfPresent(String.self) ?? ""
            default: try reader.skip()
            }
        }
    }
}

private struct SkippedItem: JSONDecodable, Sendable {
    init(from reader: inout JSONReader) throws(JSONError) { try reader.skip() }
}
