/// The host of a model's base URL, and whether anything may be sent there.
///
/// A base URL comes from whoever may create tasks; without a list of hosts it would be a way to make the operator call
/// any address it can reach, the cloud's metadata service first of all.
struct ModelEndpoint: Sendable, Hashable {
    let host: String

    /// - Returns: nil for a URL that is not plain http or https with a host and without user information.
    init?(baseURL: String) {
        guard let scheme = ["https://", "http://"].first(where: baseURL.hasPrefix) else { return nil }
        let authority = baseURL.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
        guard !authority.isEmpty, !authority.contains("@") else { return nil }
        let host: Substring
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<end]
        } else {
            host = authority.prefix { $0 != ":" }
        }
        guard !host.isEmpty else { return nil }
        self.host = host.lowercased()
    }

    /// Link-local addresses are refused whatever a list says.
    func isAllowed(by hosts: Set<String>) -> Bool { !isLinkLocal && hosts.contains(host) }

    var isLinkLocal: Bool {
        host.hasPrefix("169.254.") || host.hasPrefix("fe8") || host.hasPrefix("fe9") || host.hasPrefix("fea")
            || host.hasPrefix("feb")
    }
}
