import HTTP
import KubernetesModel

/// Walks the pages of one list.
///
/// Invariants: a page after the first carries the token and no version, as the API demands; the walk restarts at most
/// once, and then asks for everything in one answer.
struct ListPaging {
    /// No kind here comes near; a server that never stops must not fill the memory.
    static let mostItems = 500_000
    static let pageLimit = 128 << 20
    /// An old server that knows no such form answers in the plain one, which decodes as well.
    private static let metadataList =
        "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"

    private let options: ListOptions
    private var token = ""
    private var isPaged: Bool
    private var hasRestarted = false

    init(options: ListOptions) {
        self.options = options
        // A version of its own is served from memory, except when it is wanted exactly, which goes to etcd.
        isPaged = options.pageSize > 0 && ((options.resourceVersion ?? "").isEmpty || options.versionMatch == .exact)
    }

    func request(_ type: ResourceType, namespace: String?) -> APIRequest {
        var query: [(String, String)] = []
        if let selector = options.labelSelector, !selector.isEmpty { query.append(("labelSelector", selector)) }
        if let selector = options.fieldSelector, !selector.isEmpty { query.append(("fieldSelector", selector)) }
        if isPaged { query.append(("limit", String(options.pageSize))) }
        if token.isEmpty {
            if let version = options.resourceVersion, !version.isEmpty {
                query.append(("resourceVersion", version))
                if let match = options.versionMatch { query.append(("resourceVersionMatch", match.rawValue)) }
            }
        } else {
            query.append(("continue", token))
        }
        let key = namespace.flatMap { $0.isEmpty ? nil : ObjectKey(namespace: $0, name: "") }
        return APIRequest(
            operation: Operation(verb: "list", resource: type, key: key), method: "GET",
            path: type.path(namespace: namespace), query: query,
            accept: options.metadataOnly ? Self.metadataList : "application/json", repeatability: .safe,
            responseLimit: Self.pageLimit)
    }

    /// True when there is another page to ask for.
    mutating func advance(to next: String) -> Bool {
        token = next
        return !next.isEmpty
    }

    /// After the token expired; false when there was none, or when this has happened before.
    mutating func restartUnpaged() -> Bool {
        guard !token.isEmpty, !hasRestarted else { return false }
        token = ""
        isPaged = false
        hasRestarted = true
        return true
    }
}
