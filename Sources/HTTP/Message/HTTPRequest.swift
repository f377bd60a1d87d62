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
    /// Bound from the moment the request goes out on a connection to the first byte of the response; `nil` for none.
    package var firstByteTimeout: Duration?
    /// Longest silence from the server, counted anew at each byte; `nil` for none.
    package var idleTimeout: Duration?
    /// Bound on the whole exchange until the last byte of the body; `nil` for none.
    package var totalTimeout: Duration?
    /// Most bytes of body to accept; the exchange fails with `tooLarge` beyond it.
    package var responseLimit: Int
    /// Fail with `refusedAddress` rather than talk to a link-local address (169.254.0.0/16, fe80::/10, also mapped into
    /// IPv6), where clouds serve the node's own credentials.
    ///
    /// What counts is the address connected to, so that no name and no later answer of the DNS gets around it. Behind a
    /// proxy, which looks names up itself, only addresses written out are refused.
    package var refusesLinkLocal: Bool
    /// The right to send it; nil where none is needed.
    package var permit: (any SendPermit)?

    package init(
        method: String = "GET", url: String, headers: HTTPHeaders = [:], body: [UInt8] = [],
        tls: TLSConfiguration? = nil, proxy: String? = nil, pool: HTTPPool = .request,
        connectTimeout: Duration = .seconds(10), firstByteTimeout: Duration? = nil, idleTimeout: Duration? = nil,
        totalTimeout: Duration? = nil, responseLimit: Int = HTTPRequest.defaultResponseLimit,
        refusesLinkLocal: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.tls = tls
        self.proxy = proxy
        self.pool = pool
        self.connectTimeout = connectTimeout
        self.firstByteTimeout = firstByteTimeout
        self.idleTimeout = idleTimeout
        self.totalTimeout = totalTimeout
        self.responseLimit = responseLimit
        self.refusesLinkLocal = refusesLinkLocal
    }
}
