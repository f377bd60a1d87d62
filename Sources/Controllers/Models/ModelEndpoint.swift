import AIOpsAPI
import Glibc

/// The host of a model's base URL, and whether anything may be sent there.
///
/// A base URL comes from whoever may create tasks; without a list of hosts it would be a way to make the operator call
/// any address it can reach, the cloud's metadata service first of all.
struct ModelEndpoint: Sendable, Hashable {
    let host: String
    /// With the port, where the URL names one.
    let authority: String
    /// As a list of hosts names exactly this: with its port, unless that is the usual one of its scheme.
    let place: String

    /// The vendors' own hosts: what is asked there has the vendor's prices and the vendor's spelling.
    static let vendors: [String: ModelProvider] = [
        "api.openai.com": .openAI, "openrouter.ai": .openRouter, "api.anthropic.com": .anthropic,
    ]

    /// Whoever really answers at a compatible address.
    var provider: ModelProvider { Self.vendors[host] ?? .openAICompatible }

    /// - Returns: nil for a URL that is not plain http or https with a host and without user information.
    init?(baseURL: String) {
        guard let scheme = ["https://", "http://"].first(where: baseURL.hasPrefix) else { return nil }
        let authority = baseURL.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
        guard !authority.isEmpty, !authority.contains("@") else { return nil }
        let host: Substring
        let port: Substring
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<end]
            port = authority[end...].dropFirst(2)
        } else {
            host = authority.prefix { $0 != ":" }
            port = authority.dropFirst(host.count + 1)
        }
        guard !host.isEmpty else { return nil }
        self.host = host.lowercased()
        self.authority = authority.lowercased()
        let isUsual = port.isEmpty || port == (scheme == "https://" ? "443" : "80")
        place = isUsual ? self.host : self.authority
    }

    /// A list names a host, or a host with one port; link-local addresses are refused whatever it says.
    func isAllowed(by hosts: Set<String>) -> Bool {
        !isLinkLocal && (hosts.contains(host) || hosts.contains(authority))
    }

    /// In every spelling that a resolver takes for an address: `2852039166` and `0xa9fea9fe` are `169.254.169.254`.
    var isLinkLocal: Bool {
        var four = in_addr()
        if inet_aton(host, &four) != 0 { return Self.isLinkLocal(UInt32(bigEndian: four.s_addr)) }
        var six = in6_addr()
        guard inet_pton(AF_INET6, String(host.prefix { $0 != "%" }), &six) == 1 else { return false }
        let bytes = withUnsafeBytes(of: six) { Array($0) }
        if bytes[0] == 0xFE, bytes[1] & 0xC0 == 0x80 { return true }
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return isMapped && Self.isLinkLocal(bytes[12...].reduce(0) { $0 << 8 | UInt32($1) })
    }

    private static func isLinkLocal(_ address: UInt32) -> Bool { address >> 16 == 169 << 8 | 254 }
}
