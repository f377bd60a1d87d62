internal import CCurl
internal import HTTP

/// The sets of connections that share nothing.
enum PoolKind: Int, CaseIterable {
    case request, watch, lease, model
    /// One connection for each WebSocket.
    case webSocket

    /// 50 KB were sent over HTTP/2 without trouble and 1.5 MB made libcurl 7.88.1 spin (curl#10618); the window of a stream
    /// is 64 KB.
    static let largestMultiplexedBody = 48 << 10

    init(for request: HTTPRequest, configuration: CurlConfiguration) {
        switch request.pool {
        // Streams are for answers that go on for long, never for what goes up.
        case let pool
        where configuration.multiplexed.contains(pool) && request.body.count > Self.largestMultiplexedBody:
            self = .model
        case .request: self = .request
        case .watch: self = .watch
        case .lease: self = .lease
        case .model: self = .model
        }
    }

    /// Its exchanges stay open, so that one which gets no connection would wait for ever.
    var isStreaming: Bool { self == .watch }

    func isMultiplexed(_ configuration: CurlConfiguration) -> Bool {
        switch self {
        case .request: configuration.multiplexed.contains(.request)
        case .watch: configuration.multiplexed.contains(.watch)
        case .lease: configuration.multiplexed.contains(.lease)
        // See `largestMultiplexedBody`; and a WebSocket begins with HTTP/1.1.
        case .model, .webSocket: false
        }
    }

    func connections(_ configuration: CurlConfiguration) -> Int {
        switch self {
        case .request: configuration.requestConnections
        case .watch: configuration.watchConnections
        case .lease: configuration.leaseConnections
        case .model: configuration.modelConnections
        // libcurl must never make an exec wait for another one.
        case .webSocket: 0
        }
    }

    /// Connections that stay open between exchanges, some 60 KB each; `nil` leaves it to libcurl, for a bound on connections
    /// in use as well would close watches.
    var keptConnections: Int? {
        switch self {
        case .request, .model: 8
        case .lease: 2
        case .watch, .webSocket: nil
        }
    }

    /// Handles worth keeping for the next request.
    var idleHandles: Int {
        switch self {
        case .request: 8
        case .lease, .model: 2
        // The handle of a WebSocket is its connection; watches begin anew every few minutes.
        case .watch, .webSocket: 0
        }
    }

    func traits(_ configuration: CurlConfiguration) -> ConnectionTraits {
        let version = isMultiplexed(configuration) ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1
        return ConnectionTraits(
            version: Int(version),
            // Held while the exchange lasts: events are small and a watch lives for minutes.
            receiveBuffer: self == .watch ? 4 << 10 : 16 << 10, uploadBuffer: self == .watch ? 16 << 10 : 64 << 10,
            proxies: configuration.proxies, resolutions: configuration.resolutions)
    }
}
