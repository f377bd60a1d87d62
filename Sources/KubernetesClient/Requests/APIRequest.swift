import HTTP
import KubernetesModel

/// One request to the API server before identity, address and retries are added.
struct APIRequest {
    /// Whether a request may be sent again when its fate is not known.
    enum Repeatability {
        /// Reads, and writes that a precondition or their own nature makes harmless to repeat.
        case safe
        /// The first attempt may have counted; only a refusal before any work permits another.
        case unsafe
        /// The caller decides: watches, and writes that ask for it.
        case never
    }

    var operation: Operation
    var method: String
    var path: String
    var query: [(String, String)] = []
    var contentType: String?
    var body: [UInt8] = []
    var accept = "application/json"
    var repeatability: Repeatability
    var pool = HTTPPool.request
    var responseLimit = APIRequest.objectLimit
    var totalTimeout: Duration? = APIRequest.timeout
    var idleTimeout: Duration?
    /// The version of the answer that is known already; a server that has no other answers 304.
    var knownETag: String?
    /// Told of each warning in the answer.
    var onWarning: (@Sendable (APIWarning) -> Void)?

    /// etcd takes objects up to 1.5 MiB; in JSON they can be larger.
    static let objectLimit = 16 << 20
    /// The server gives up after 60 s.
    static let timeout = Duration.seconds(65)

    /// Path and query, encoded.
    var target: String {
        guard !query.isEmpty else { return path }
        let pairs = query.map { "\($0.0)=\(PercentEncoding.encode($0.1))" }
        return path + (path.contains("?") ? "&" : "?") + pairs.joined(separator: "&")
    }
}
