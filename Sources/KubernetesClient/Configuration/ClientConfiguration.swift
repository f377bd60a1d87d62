package import HTTP

/// Where the API server is and how we identify ourselves to it.
package struct ClientConfiguration: Sendable, CustomStringConvertible, CustomReflectable {
    /// The URL of the server without a slash at its end.
    package var server: String
    package var tls: TLSConfiguration
    package var credential: Credential
    /// The namespace meant when none is named.
    package var defaultNamespace: String
    package var userAgent: String

    package init(
        server: String, tls: TLSConfiguration, credential: Credential = .none,
        defaultNamespace: String = "default", userAgent: String = "aiops-operator"
    ) {
        self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
        self.tls = tls
        self.credential = credential
        self.defaultNamespace = defaultNamespace
        self.userAgent = userAgent
    }

    /// Says where and how, never the key or the token.
    package var description: String {
        "\(server), namespace \(defaultNamespace), credential \(credential)"
            + (tls.clientCertificatePEM == nil ? "" : ", client certificate")
    }

    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
