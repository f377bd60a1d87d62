/// An absolute address taken apart as far as the transport needs it.
struct RequestTarget: Sendable, Hashable {
    var isSecure: Bool
    /// As written, an IPv6 address with its brackets.
    var host: String
    var port: Int
    /// Path and query, beginning with `/`; a fragment never leaves the client.
    var path: String

    var isDefaultPort: Bool { port == (isSecure ? 443 : 80) }
    /// For the `Host` header.
    var authority: String { isDefaultPort ? host : "\(host):\(port)" }

    /// The address again, for another host on the same port where one is given.
    func url(host other: String? = nil) -> String {
        "\(isSecure ? "https" : "http")://\(other ?? host):\(port)\(path)"
    }
}

extension RequestTarget {
    /// Takes `http`, `https`, `ws` and `wss` addresses without user information.
    init?(_ url: String) {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }), let separator = url.firstRange(of: "://") else {
            return nil
        }
        switch url[..<separator.lowerBound].lowercased() {
        case "https", "wss": isSecure = true
        case "http", "ws": isSecure = false
        default: return nil
        }
        let rest = url[separator.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        let authority = rest[..<end]
        guard !authority.contains("@"), let (host, port) = Self.split(authority) else { return nil }
        self.host = String(host)
        self.port = port ?? (isSecure ? 443 : 80)
        let target = rest[end...].prefix { $0 != "#" }
        path = target.hasPrefix("/") ? String(target) : "/" + target
    }

    private static func split(_ authority: Substring) -> (Substring, Int?)? {
        let portStart: Substring.Index?
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else { return nil }
            let after = authority.index(after: bracket)
            guard after == authority.endIndex || authority[after] == ":" else { return nil }
            portStart = after == authority.endIndex ? nil : after
        } else {
            portStart = authority.firstIndex(of: ":")
        }
        let host = authority[..<(portStart ?? authority.endIndex)]
        guard !host.isEmpty else { return nil }
        guard let portStart else { return (host, nil) }
        let digits = authority[authority.index(after: portStart)...]
        guard !digits.isEmpty else { return (host, nil) }
        guard let port = UInt16(digits), port > 0 else { return nil }
        return (host, Int(port))
    }
}
