package import CommandLineInterface

/// Where a server listens: `127.0.0.1:8080`, `[::1]:8080`, or `:8080` for every address.
package struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// Empty for every address.
    package var host: String
    package var port: UInt16

    package init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    package init(_ text: String, option: String = "--listen") throws(UsageError) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw UsageError("\(option) takes ADDRESS:PORT, such as 127.0.0.1:8080 or :8080; found \"\(text)\"")
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        self.init(host: host, port: port)
    }

    /// Reached from this machine alone (RFC 1122, 3.2.1.3; RFC 4291, 2.5.3).
    package var isLoopback: Bool { host.hasPrefix("127.") || host == "::1" }

    package var description: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}
