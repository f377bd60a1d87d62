import HTTP

extension ClientConfiguration {
    private static let serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// The identity every pod is given; nil when this is no pod.
    static func inCluster(
        environment: [String: String], files: any FileSource
    ) throws(KubernetesError) -> ClientConfiguration? {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
            let port = environment["KUBERNETES_SERVICE_PORT"], !port.isEmpty
        else { return nil }
        let tokenPath = "\(serviceAccount)/token"
        guard try read(tokenPath, files) != nil else {
            throw .configuration(
                "KUBERNETES_SERVICE_HOST is set but \(tokenPath) is missing: "
                    + "does the pod set automountServiceAccountToken to false?")
        }
        guard let authority = try read("\(serviceAccount)/ca.crt", files), !authority.isEmpty else {
            throw .configuration("\(serviceAccount)/ca.crt is missing or empty")
        }
        let namespace = try read("\(serviceAccount)/namespace", files).map { String(decoding: $0, as: UTF8.self) }
        // An IPv6 address needs brackets in a URL.
        let name = host.contains(":") ? "[\(host)]" : host
        return ClientConfiguration(
            server: "https://\(name):\(port)",
            tls: TLSConfiguration(caPEM: authority), tlsFiles: TLSFiles(authority: "\(serviceAccount)/ca.crt"),
            credential: .tokenFile(tokenPath),
            defaultNamespace: namespace.map(trimmed).flatMap { $0.isEmpty ? nil : $0 } ?? "default")
    }

    private static func trimmed(_ text: String) -> String {
        String(text.filter { !$0.isWhitespace })
    }
}
