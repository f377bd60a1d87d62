extension ClientConfiguration {
    /// Finds the cluster in the order users know from kubectl, with the pod's own identity before the home directory:
    /// the path given, else `KUBECONFIG`, else the pod's service account, else `~/.kube/config`.
    ///
    /// Every error says which file and which field is to be mended.
    package static func load(
        kubeconfigPath: String?, context: String?, environment: [String: String], files: any FileSource = LocalFiles()
    ) throws(KubernetesError) -> ClientConfiguration {
        if let kubeconfigPath {
            return try fromKubeconfig([kubeconfigPath], context, mustExist: true, environment, files)
        }
        let listed = (environment["KUBECONFIG"] ?? "").split(separator: ":").map(String.init)
        if !listed.isEmpty {
            return try fromKubeconfig(listed, context, mustExist: false, environment, files)
        }
        if context == nil, let inCluster = try inCluster(environment: environment, files: files) {
            return inCluster
        }
        guard let home = environment["HOME"], !home.isEmpty else {
            throw .configuration("no kubeconfig: neither --kubeconfig, KUBECONFIG nor HOME is set, and this is no pod")
        }
        return try fromKubeconfig([home + "/.kube/config"], context, mustExist: true, environment, files)
    }

    /// Reads a kubeconfig that stands for itself, such as one out of a Secret: it may name no file of ours and no program.
    ///
    /// `name` is what errors call it.
    package static func read(kubeconfig: String, name: String) throws(KubernetesError) -> ClientConfiguration {
        let parsed = try Kubeconfig(parsing: Array(kubeconfig.utf8), path: name)
        let configuration = try parsed.resolve(context: nil, environment: [:], files: NoFiles())
        switch configuration.credential {
        case .none, .token, .basic: return configuration
        case .exec, .tokenFile: throw .configuration("\(name): only keys and tokens that stand in it are taken from it")
        }
    }

    /// A text from elsewhere must not make us read what is on this machine.
    private struct NoFiles: FileSource {
        func read(_ path: String) throws(FileError) -> [UInt8]? {
            throw FileError(path: path, reason: "files are not read for it")
        }
    }

    private static func fromKubeconfig(
        _ paths: [String], _ context: String?, mustExist: Bool, _ environment: [String: String],
        _ files: any FileSource
    ) throws(KubernetesError) -> ClientConfiguration {
        var merged = Kubeconfig()
        var found = false
        for path in paths {
            guard let bytes = try read(path, files) else {
                if mustExist { throw .configuration("kubeconfig \(path): no such file") }
                continue
            }
            found = true
            merged.merge(try Kubeconfig(parsing: bytes, path: path))
        }
        guard found else {
            throw .configuration("none of the files in KUBECONFIG exists: \(paths.joined(separator: ", "))")
        }
        return try merged.resolve(context: context, environment: environment, files: files)
    }

    static func read(_ path: String, _ files: any FileSource) throws(KubernetesError) -> [UInt8]? {
        do {
            return try files.read(path)
        } catch {
            throw .configuration("cannot read \(error)")
        }
    }
}
