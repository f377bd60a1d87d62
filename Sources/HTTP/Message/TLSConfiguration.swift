/// What one connection trusts and how it identifies itself; all of it stays in memory.
package struct TLSConfiguration: Sendable, Hashable {
    /// Certificates to trust instead of the system's; `nil` means the system's.
    package var caPEM: [UInt8]?
    package var clientCertificatePEM: [UInt8]?
    package var clientKeyPEM: [UInt8]?
    /// The name to ask for (SNI) and to verify, where it differs from the host in the URL.
    package var serverName: String?
    /// Accept any certificate.
    ///
    /// For a cluster whose kubeconfig says so, never by default.
    package var skipVerification: Bool

    package init(
        caPEM: [UInt8]? = nil, clientCertificatePEM: [UInt8]? = nil, clientKeyPEM: [UInt8]? = nil,
        serverName: String? = nil, skipVerification: Bool = false
    ) {
        self.caPEM = caPEM
        self.clientCertificatePEM = clientCertificatePEM
        self.clientKeyPEM = clientKeyPEM
        self.serverName = serverName
        self.skipVerification = skipVerification
    }
}

extension TLSConfiguration: CustomStringConvertible, CustomDebugStringConvertible {
    /// Says what is set, never its content.
    package var description: String {
        let parts = [
            caPEM == nil ? nil : "ca", clientCertificatePEM == nil ? nil : "client certificate",
            clientKeyPEM == nil ? nil : "client key", serverName.map { "server name \($0)" },
            skipVerification ? "verification off" : nil,
        ]
        return "TLSConfiguration(" + parts.compactMap { $0 }.joined(separator: ", ") + ")"
    }

    package var debugDescription: String { description }
}
