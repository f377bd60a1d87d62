import HTTP
import JSON

/// An entry of `users`.
extension KubeconfigEntry {
    func credential() throws(KubernetesError) -> Credential {
        if let provider = fields["auth-provider"], provider != .null {
            throw .configuration(
                "\(place("auth-provider")) is not supported, Kubernetes removed it in 1.26: use exec instead")
        }
        // The order of client-go: a file wins over a token in place, because it can be renewed.
        if let path = try text("tokenFile") { return .tokenFile(resolved(path)) }
        if let token = try text("token") { return .token(token) }
        if let username = try text("username") {
            return .basic(username: username, password: try text("password") ?? "")
        }
        return .none
    }

    func addCertificate(
        to configuration: inout ClientConfiguration, _ files: any FileSource
    ) throws(KubernetesError) {
        let certificate = try pem("client-certificate", files)
        let key = try pem("client-key", files)
        guard (certificate == nil) == (key == nil) else {
            throw .configuration("\(place()) needs both client-certificate and client-key")
        }
        configuration.tls.clientCertificatePEM = certificate?.bytes
        configuration.tls.clientKeyPEM = key?.bytes
        configuration.tlsFiles.clientCertificate = certificate?.path
        configuration.tlsFiles.clientKey = key?.path
    }

    func impersonation() throws(KubernetesError) -> Impersonation? {
        let groups = try texts("as-groups")
        let uid = try text("as-uid")
        var extra: [String: [String]] = [:]
        if let value = fields["as-user-extra"], value != .null {
            guard let object = value.objectValue else {
                throw .configuration("\(place("as-user-extra")) must be a mapping")
            }
            for (key, list) in object {
                guard let values = list.arrayValue?.compactMap(\.stringValue), values.count == list.arrayValue?.count
                else { throw .configuration("\(place("as-user-extra", key)) must be a list of strings") }
                extra[key] = values
            }
        }
        guard let user = try text("as") else {
            guard groups.isEmpty, uid == nil, extra.isEmpty else {
                throw .configuration("\(place()) impersonates groups, a uid or extra fields of nobody: as is missing")
            }
            return nil
        }
        return Impersonation(user: user, groups: groups, uid: uid, extra: extra)
    }
}
