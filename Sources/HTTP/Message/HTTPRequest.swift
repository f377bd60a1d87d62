/// One request, complete: nothing about it comes from global state or the process environment.
package struct HTTPRequest: Sendable {
    package static let defaultResponseLimit = 64 << 20

    package var method: String
    /// Absolute, `http` or `https`.
    package var url: String
    package var headers: HTTPHeaders
    package var body: [UInt8]
    package var tls: TLSConfiguration?
    /// The URL of a proxy (`http`, `https`, `socks5`, `socks5h`) for this request alone; `nil` for the transport's own.
    package var proxy: String?
    package var pool: HTTPPool
    /// Bound on name look-up, TCP and TLS together.
    package var connectTimeout: Duration
    /// Longest silence from the server, counted anew at each byte; `nil` for none.
    package var idleTimeout: Duration?
    /// Bound on the whole exchange until the last byte of the body; `nil` for none.
    package var totalTimeout: Duration?
    /// Most bytes of body to accept; the exchange fails with `tooLarge` beyond it.
    package var responseLimit: Int
    /// The right to send it; nil where none is needed.
    package var permit: (any SendPermit)?

    package init(
        method: String = "GET", url: String, headers: HTTPHeaders = [:], body: [UInt8] = [],
        tls: TLSConfiguration? = nil, proxy: String? = nil, pool: HTTPPool = .request,
        connectTimeout: Duration = .seconds(10),
        idleTimeout: Duration? = nil, totalTimeout: Duration? = nil,
        responseLimit: Int = HTTPRequest.defaultResponseLimit
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.tls = tls
        self.proxy = proxy
        self.pool = pool
        self.connectTimeout = connectTimeout
        self.idleTimeout = idleTimeout
        self.totalTimeout = totalTimeout
        self.responseLimit = responseLimit
    }
}
