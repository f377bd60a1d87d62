/// A request that has come in whole.
package struct ServerRequest: Sendable {
    package var method: String
    /// Without the query, percent-decoded.
    package var path: String
    /// In order, decoded; a name without `=` has the value "".
    package var query: [(name: String, value: String)]
    package var headers: HTTPHeaders
    package var body: [UInt8]

    package init(
        method: String, path: String, query: [(name: String, value: String)] = [], headers: HTTPHeaders = [:],
        body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// The first value of this name in the query.
    package func query(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }
}
