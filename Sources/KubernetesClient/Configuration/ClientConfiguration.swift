package import HTTP

/// Where the API server is and how we identify ourselves to it.
package struct ClientConfiguration: Sendable, CustomStringConvertible, CustomReflectable {
    /// The URL of the server without a slash at its end.
    package var server: String
    package var tls: TLSConfiguration
    /// The files behind ``tls``, read again while we run.
    package var tlsFiles: TLSFiles
    package var credential: Credential
    package var impersonation: Impersonation?
    /// The proxy on the way to the server, as a URL; nil for what the transport does by itself.
    package var proxy: String?
    /// The namespace meant when none is named.
    package var defaultNamespace: String
    package var userAgent: String

    package init(
        server: String, tls: TLSConfiguration, tlsFiles: TLSFiles = TLSFiles(), credential: Credential = .none,
        impersonation: Impersonation? = nil, proxy: String? = nil, defaultNamespace: String = "default",
        userAgent: String = "aiops-operator"
    ) {
        self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
        self.tls = tls
        self.tlsFiles = tlsFiles
        self.credential = credential
        self.impersonation = impersonation
        self.proxy = proxy
        self.defaultNamespace = defaultNamespace
        self.userAgent = userAgent
    }

    /// Says where and how, never the key, the token or the proxy's password.
    package var description: String {
        "\(server), namespace \(defaultNamespace), credential \(credential)"
            + (tls.clientCertificatePEM == nil ? "" : ", client certificate")
            + (impersonation.map { ", as \($0.user)" } ?? "") + (proxy == nil ? "" : ", by a proxy")
    }

    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
