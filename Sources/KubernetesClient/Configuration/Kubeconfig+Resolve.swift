import HTTP
import JSON
import Primitives

extension Kubeconfig {
    /// Follows the context to its cluster and user, and reads the files they name.
    func resolve(context wanted: String?, files: any FileSource) throws(KubernetesError) -> ClientConfiguration {
        let context = try chooseContext(wanted)
        let place = "kubeconfig \(context.file)"
        guard let clusterName = context.text("cluster") else {
            throw .configuration("\(place): contexts[\(context.name)].context.cluster is missing")
        }
        guard let cluster = clusters.first(where: { $0.name == clusterName }) else {
            throw .configuration("\(place): context \(context.name) names cluster \(clusterName), which is not defined")
        }
        guard let server = cluster.text("server") else {
            throw .configuration("kubeconfig \(cluster.file): clusters[\(cluster.name)].cluster.server is missing")
        }
        guard server.hasPrefix("https://") || server.hasPrefix("http://") else {
            throw .configuration(
                "kubeconfig \(cluster.file): clusters[\(cluster.name)].cluster.server is no http(s) URL: \(server)")
        }
        var tls = TLSConfiguration(
            caPEM: try cluster.data("clusters", "cluster", "certificate-authority", files),
            serverName: cluster.text("tls-server-name"),
            skipVerification: cluster.fields["insecure-skip-tls-verify"]?.boolValue ?? false)
        var credential = Credential.none
        if let userName = context.text("user") {
            guard let user = users.first(where: { $0.name == userName }) else {
                throw .configuration("\(place): context \(context.name) names user \(userName), which is not defined")
            }
            credential = try user.credential()
            tls.clientCertificatePEM = try user.data("users", "user", "client-certificate", files)
            tls.clientKeyPEM = try user.data("users", "user", "client-key", files)
            if (tls.clientCertificatePEM == nil) != (tls.clientKeyPEM == nil) {
                throw .configuration(
                    "kubeconfig \(user.file): users[\(user.name)].user needs both client-certificate and client-key")
            }
        }
        return ClientConfiguration(
            server: server, tls: tls, credential: credential, defaultNamespace: context.text("namespace") ?? "default")
    }

    private func chooseContext(_ wanted: String?) throws(KubernetesError) -> Entry {
        let place = "kubeconfig \(files.joined(separator: ":"))"
        guard let name = wanted ?? currentContext else {
            throw .configuration("\(place): current-context is not set; set it, or name a context with --context")
        }
        guard let context = contexts.first(where: { $0.name == name }) else {
            let known = contexts.map(\.name).sorted().joined(separator: ", ")
            throw .configuration("\(place): no context named \(name); there is: \(known.isEmpty ? "none" : known)")
        }
        return context
    }
}

extension Kubeconfig.Entry {
    fileprivate func text(_ field: String) -> String? {
        guard let text = fields[field]?.stringValue, !text.isEmpty else { return nil }
        return text
    }

    /// The PEM in `<field>-data`, else in the file that `<field>` names.
    fileprivate func data(
        _ list: String, _ member: String, _ field: String, _ files: any FileSource
    ) throws(KubernetesError) -> [UInt8]? {
        let place = "kubeconfig \(file): \(list)[\(name)].\(member)"
        if let encoded = text("\(field)-data") {
            guard let bytes = Base64.decode(encoded.filter { !$0.isWhitespace }) else {
                throw .configuration("\(place).\(field)-data is not base64")
            }
            return bytes
        }
        guard let path = text(field) else { return nil }
        let absolute = resolved(path)
        guard let bytes = try ClientConfiguration.read(absolute, files) else {
            throw .configuration("\(place).\(field): no such file: \(absolute)")
        }
        return bytes
    }

    fileprivate func credential() throws(KubernetesError) -> Credential {
        let place = "kubeconfig \(file): users[\(name)].user"
        if fields["exec"] != nil && fields["exec"] != .null {
            throw .configuration(
                "\(place).exec: credential plugins are not supported yet; use a client certificate or a token")
        }
        if let provider = fields["auth-provider"], provider != .null {
            throw .configuration("\(place).auth-provider is not supported; Kubernetes removed it in 1.26")
        }
        if text("username") != nil {
            throw .configuration(
                "\(place).username: basic authentication is not supported; Kubernetes removed it in 1.19")
        }
        // The order of client-go: a file wins over a token in place, because it can be renewed.
        if let path = text("tokenFile") { return .tokenFile(resolved(path)) }
        if let token = text("token") { return .token(token) }
        return .none
    }

    /// Relative paths are meant from the folder of the file that names them.
    private func resolved(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let slash = file.lastIndex(of: "/") else { return path }
        return String(file[...slash]) + path
    }
}
