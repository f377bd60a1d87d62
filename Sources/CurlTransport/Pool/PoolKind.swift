internal import HTTP

/// The sets of connections that share nothing.
enum PoolKind: Int, CaseIterable {
    case request, watch, lease
    /// HTTP/1.1 only: model calls, and bodies that would make libcurl 7.88.1 spin over HTTP/2.
    case singleFile
    /// One connection for each WebSocket.
    case webSocket

    /// 50 KB were sent without trouble and 1.5 MB were not (curl#10618); the window of a stream is 64 KB.
    static let largestMultiplexedBody = 48 << 10

    init(for request: HTTPRequest) {
        switch request.pool {
        case _ where request.body.count > Self.largestMultiplexedBody: self = .singleFile
        case .request: self = .request
        case .watch: self = .watch
        case .lease: self = .lease
        case .model: self = .singleFile
        }
    }

    var isMultiplexed: Bool {
        switch self {
        case .request, .watch, .lease: true
        case .singleFile, .webSocket: false
        }
    }

    func connections(_ configuration: CurlConfiguration) -> Int {
        switch self {
        case .request: configuration.requestConnections
        case .watch: configuration.watchConnections
        case .lease: configuration.leaseConnections
        case .singleFile: configuration.modelConnections
        // libcurl must never make an exec wait for another one.
        case .webSocket: 0
        }
    }
}
