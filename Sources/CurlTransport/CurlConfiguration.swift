package import HTTP

/// The bounds of a transport.
///
/// The defaults fit one cluster and a few model providers.
package struct CurlConfiguration: Sendable, Hashable {
    package enum Proxies: Sendable, Hashable {
        /// `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` as libcurl reads them.
        case environment
        case none
    }

    package var proxies = Proxies.environment
    /// Answers that stand in for the resolver's, as `curl --resolve` takes them: `host:port:address[,address…]`.
    package var resolutions: [String] = []
    /// The pools that speak HTTP/2 where the server does; the others speak HTTP/1.1, one exchange at a time on each connection.
    ///
    /// `docs/transport.md` has the measurements behind the default. Model calls are never multiplexed.
    package var multiplexed: Set<HTTPPool> = [.watch]
    /// Most connections to one host for short requests; further requests wait for one.
    package var requestConnections = 16
    /// Most connections to one host for watches as long as there are few of them; grows by one per 100 watches.
    package var watchConnections = 16
    package var leaseConnections = 2
    /// Most connections to one host over HTTP/1.1: model calls and large bodies, one each at a time.
    package var modelConnections = 64
    /// Most bytes of a response that wait for their reader before the stream is held back.
    package var bodyBuffer = 256 << 10
    /// Most bytes of a watch that wait for their reader before it is given up.
    package var watchBuffer = 32 << 20
    /// Most bytes of WebSocket messages that wait for their reader before the socket is held back.
    package var webSocketBuffer = 1 << 20

    package init() {}
}
