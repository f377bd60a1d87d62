internal import HTTP

/// Where to connect and whom to trust there: what two requests must share to share a libcurl handle.
struct Destination: Equatable {
    var isSecure: Bool
    var host: String
    var port: Int
    var tls: TLSConfiguration?
    var connectTimeout: Duration
    var refusesLinkLocal: Bool
    /// The request's own proxy, whatever the transport does by itself.
    var proxy: String?

    init(
        _ target: RequestTarget, tls: TLSConfiguration?, connectTimeout: Duration, refusesLinkLocal: Bool,
        proxy: String? = nil
    ) {
        isSecure = target.isSecure
        host = target.host
        port = target.port
        self.tls = tls
        self.connectTimeout = connectTimeout
        self.refusesLinkLocal = refusesLinkLocal
        self.proxy = proxy
    }

    /// The name TLS asks for and verifies, where it is not the host's.
    var tlsName: String? {
        guard isSecure, let name = tls?.serverName, name != host else { return nil }
        return name
    }
}
