import HTTP
import JSON

extension Kubeconfig {
    /// Follows the context to its cluster and user, and reads the files they name.
    func resolve(
        context wanted: String?, environment: [String: String], files: any FileSource
    ) throws(KubernetesError) -> ClientConfiguration {
        let context = try chooseContext(wanted)
        do throws(KubernetesError) {
            return try follow(context, environment, files)
        } catch {
            guard case .configuration(let text) = error.kind else { throw error }
            throw .configuration("\(text) (context \(context.name))")
        }
    }

    private func chooseContext(_ wanted: String?) throws(KubernetesError) -> KubeconfigEntry {
        let place = "kubeconfig \(files.joined(separator: ":"))"
        guard let name = wanted ?? currentContext else {
            throw .configuration("\(place): current-context is not set; set it, or name a context with --context")
        }
        guard let context = contexts.first(where: { $0.name == name }) else {
            let known = contexts.map(\.name).sorted().joined(separator: ", ")
            let source = wanted == nil ? currentContextPlace ?? place : place
            throw .configuration("\(source): no context named \(name); there is: \(known.isEmpty ? "none" : known)")
        }
        return context
    }

    private func follow(
        _ context: KubeconfigEntry, _ environment: [String: String], _ files: any FileSource
    ) throws(KubernetesError) -> ClientConfiguration {
        guard let clusterName = try context.text("cluster") else {
            throw .configuration("\(context.place("cluster")) is missing")
        }
        guard let cluster = clusters.first(where: { $0.name == clusterName }) else {
            throw .configuration("\(context.place("cluster")): cluster \(clusterName) is not defined")
        }
        var configuration = try cluster.connection(files)
        configuration.defaultNamespace = try context.text("namespace") ?? "default"
        if let userName = try context.text("user") {
            guard let user = users.first(where: { $0.name == userName }) else {
                throw .configuration("\(context.place("user")): user \(userName) is not defined")
            }
            configuration.impersonation = try user.impersonation()
            try user.addCertificate(to: &configuration, files)
            if let plugin = try user.plugin(environment) {
                configuration.credential = .exec(plugin)
                if try user.wantsClusterInformation {
                    let information = try cluster.information(configuration)
                    configuration.credential = .exec(plugin.told(information))
                }
            } else {
                configuration.credential = try user.credential()
            }
        }
        return configuration
    }
}

extension ExecPlugin {
    fileprivate func told(_ cluster: JSONValue) -> ExecPlugin {
        var copy = self
        copy.cluster = cluster
        return copy
    }
}
