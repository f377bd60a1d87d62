internal import Glibc

/// Why a server could not start.
package enum HTTPServerError: Error, Sendable, Hashable {
    /// Neither an IPv4 nor an IPv6 address.
    case address(String)
    /// The system refused the socket; `code` is its error number.
    case listen(address: String, port: UInt16, code: Int32)
    /// The library or the system refused the server its thread; also when it was run twice.
    case start

    package var isRetryable: Bool {
        switch self {
        case .address: false
        case .listen, .start: true
        }
    }

    package var isUserError: Bool {
        switch self {
        case .address, .listen: true
        case .start: false
        }
    }
}

extension HTTPServerError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .address(let text): "not an IP address: \(text)"
        case .listen(let address, let port, let code):
            "cannot listen on \(address) port \(port): \(String(cString: strerror(code)))"
        case .start: "the HTTP server could not start"
        }
    }
}
