import HTTP
import JSON
import Primitives

/// An entry of `clusters`.
extension KubeconfigEntry {
    private static let proxySchemes = ["http://", "https://", "socks5://", "socks5h://"]

    func connection(_ files: any FileSource) throws(KubernetesError) -> ClientConfiguration {
        guard let server = try text("server") else { throw .configuration("\(place("server")) is missing") }
        guard server.hasPrefix("https://") || server.hasPrefix("http://") else {
            throw .configuration("\(place("server")) is no http(s) URL: \(server)")
        }
        let authority = try pem("certificate-authority", files)
        let skipsVerification = try flag("insecure-skip-tls-verify")
        if skipsVerification, authority != nil {
            throw .configuration(
                "\(place("insecure-skip-tls-verify")) cannot be true beside a certificate authority: remove one of them"
            )
        }
        let proxy = try text("proxy-url")
        if let proxy, !Self.proxySchemes.contains(where: proxy.hasPrefix) {
            // Its text may hold a password.
            throw .configuration("\(place("proxy-url")) must begin with http://, https://, socks5:// or socks5h://")
        }
        return ClientConfiguration(
            server: server,
            tls: TLSConfiguration(
                caPEM: authority?.bytes, serverName: try text("tls-server-name"), skipVerification: skipsVerification),
            tlsFiles: TLSFiles(authority: authority?.path), proxy: proxy)
    }

    /// What a credential plugin that asks for it is told.
    func information(_ configuration: ClientConfiguration) throws(KubernetesError) -> JSONValue {
        var information: JSONValue = ["server": .string(try text("server") ?? "")]
        if let name = configuration.tls.serverName { information["tls-server-name"] = .string(name) }
        if configuration.tls.skipVerification { information["insecure-skip-tls-verify"] = true }
        if let authority = configuration.tls.caPEM {
            information["certificate-authority-data"] = .string(Base64.encode(authority))
        }
        if let proxy = configuration.proxy { information["proxy-url"] = .string(proxy) }
        let extensions = fields["extensions"]?.arrayValue ?? []
        let named = extensions.first { $0["name"]?.stringValue == "client.authentication.k8s.io/exec" }
        if let config = named?["extension"], config != .null { information["config"] = config }
        return information
    }
}
