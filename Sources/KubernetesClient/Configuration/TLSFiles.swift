/// The files that a TLS configuration was read from, which may be replaced while we run.
package struct TLSFiles: Sendable, Hashable {
    package var authority: String?
    package var clientCertificate: String?
    package var clientKey: String?

    package init(authority: String? = nil, clientCertificate: String? = nil, clientKey: String? = nil) {
        self.authority = authority
        self.clientCertificate = clientCertificate
        self.clientKey = clientKey
    }

    var isEmpty: Bool { authority == nil && clientCertificate == nil && clientKey == nil }
}
