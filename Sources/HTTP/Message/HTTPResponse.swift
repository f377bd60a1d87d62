/// The head of a response, with its body still arriving.
package struct HTTPResponse: Sendable {
    package var status: Int
    package var headers: HTTPHeaders
    package var body: HTTPBody
    /// How long the host's name took to look up, where this exchange had to.
    package var nameLookup: Duration?

    package init(status: Int, headers: HTTPHeaders = [:], body: HTTPBody) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A response whose body is already there.
    package init(status: Int, headers: HTTPHeaders = [:], bytes: [UInt8]) {
        self.init(status: status, headers: headers, body: HTTPBody(bytes: bytes))
    }
}
