internal import Glibc

/// An absolute address taken apart as far as the transport needs it.
struct RequestTarget: Sendable, Hashable {
    var isSecure: Bool
    /// As written, an IPv6 address with its brackets.
    var host: String
    var port: Int
    /// Path and query, beginning with `/`; a fragment never leaves the client.
    var path: String

    var isDefaultPort: Bool { port == (isSecure ? 443 : 80) }
    /// The host is an address, not a name that is looked up.
    var isAddress: Bool {
        var four = in_addr()
        return host.hasPrefix("[") || inet_aton(host, &four) != 0
    }
    /// For the `Host` header.
    var authority: String { isDefaultPort ? host : "\(host):\(port)" }

    /// The address again, for another host on the same port where one is given.
    func url(host other: String? = nil) -> String {
        "\(isSecure ? "https" : "http")://\(other ?? host):\(port)\(path)"
    }
}

extension RequestTarget {
    private typealias Bytes = Slice<UnsafeBufferPointer<UInt8>>

    /// Takes `http`, `https`, `ws` and `wss` addresses without user information.
    init?(_ url: String) {
        // Over the bytes in place: each request comes through here, and characters are fifty times as slow.
        var url = url
        guard let target = url.withUTF8({ Self.parse($0) }) else { return nil }
        self = target
    }

    private static func parse(_ text: UnsafeBufferPointer<UInt8>) -> RequestTarget? {
        for byte in text where byte <= 0x20 || byte == 0x7F { return nil }
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")), text[colon...].starts(with: "://".utf8) else {
            return nil
        }
        let isSecure: Bool
        switch string(text[..<colon]).lowercased() {
        case "https", "wss": isSecure = true
        case "http", "ws": isSecure = false
        default: return nil
        }
        let start = colon + 3
        var end = start
        while end < text.count, !isEndOfAuthority(text[end]) { end += 1 }
        guard let (host, port) = split(text[start..<end]) else { return nil }
        var stop = end
        while stop < text.count, text[stop] != UInt8(ascii: "#") { stop += 1 }
        let path = string(text[end..<stop])
        return RequestTarget(
            isSecure: isSecure, host: host, port: port ?? (isSecure ? 443 : 80),
            path: end < stop && text[end] == UInt8(ascii: "/") ? path : "/" + path)
    }

    private static func isEndOfAuthority(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
    }

    private static func split(_ authority: Bytes) -> (String, Int?)? {
        guard !authority.contains(UInt8(ascii: "@")) else { return nil }
        let portStart: Int?
        if authority.first == UInt8(ascii: "[") {
            guard let bracket = authority.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let after = bracket + 1
            guard after == authority.endIndex || authority[after] == UInt8(ascii: ":") else { return nil }
            portStart = after == authority.endIndex ? nil : after
        } else {
            portStart = authority.firstIndex(of: UInt8(ascii: ":"))
        }
        let host = string(authority[..<(portStart ?? authority.endIndex)])
        guard !host.isEmpty else { return nil }
        guard let portStart, portStart + 1 < authority.endIndex else { return (host, nil) }
        guard let port = UInt16(string(authority[(portStart + 1)...])), port > 0 else { return nil }
        return (host, Int(port))
    }

    private static func string(_ bytes: Bytes) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: bytes), as: UTF8.self)
    }
}
