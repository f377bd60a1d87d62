import JSON

/// The credential plugin of an entry of `users`.
extension KubeconfigEntry {
    var wantsClusterInformation: Bool {
        get throws(KubernetesError) {
            guard let value = fields["exec"]?["provideClusterInfo"], value != .null else { return false }
            guard let flag = value.boolValue else {
                throw .configuration("\(place("exec", "provideClusterInfo")) must be true or false")
            }
            return flag
        }
    }

    func plugin(_ environment: [String: String]) throws(KubernetesError) -> ExecPlugin? {
        guard let exec = fields["exec"], exec != .null else { return nil }
        guard exec.objectValue != nil else { throw .configuration("\(place("exec")) must be a mapping") }
        guard var command = exec["command"]?.stringValue, !command.isEmpty else {
            throw .configuration("\(place("exec", "command")) is missing")
        }
        // As kubectl does: a bare name is looked for in PATH, anything else is a path.
        if command.contains("/") { command = resolved(command) }
        let apiVersion = exec["apiVersion"]?.stringValue ?? ""
        guard ExecPlugin.versions.contains(apiVersion) else {
            throw .configuration(
                "\(place("exec", "apiVersion")) must be \(ExecPlugin.versions.joined(separator: " or "))")
        }
        try checkInteraction(exec, apiVersion)
        return ExecPlugin(
            apiVersion: apiVersion, command: command, arguments: try arguments(exec),
            environment: try merged(environment, exec), installHint: exec["installHint"]?.stringValue,
            place: place("exec"))
    }

    private func checkInteraction(_ exec: JSONValue, _ apiVersion: String) throws(KubernetesError) {
        switch exec["interactiveMode"]?.stringValue {
        case "Never", "IfAvailable": return
        case nil where apiVersion == ExecPlugin.versions[1]: return
        case "Always":
            throw .configuration(
                "\(place("exec", "interactiveMode")) is Always, but there is no terminal here for the plugin to ask on: "
                    + "use Never or IfAvailable, or another user")
        case nil:
            throw .configuration("\(place("exec", "interactiveMode")) is missing; \(apiVersion) demands it")
        case let other?:
            throw .configuration(
                "\(place("exec", "interactiveMode")) must be Never, IfAvailable or Always, not \(other)")
        }
    }

    private func arguments(_ exec: JSONValue) throws(KubernetesError) -> [String] {
        guard let value = exec["args"], value != .null else { return [] }
        let list = value.arrayValue?.compactMap(\.stringValue)
        guard let list, list.count == value.arrayValue?.count else {
            throw .configuration("\(place("exec", "args")) must be a list of strings")
        }
        return list
    }

    private func merged(_ environment: [String: String], _ exec: JSONValue) throws(KubernetesError) -> [String: String]
    {
        guard let value = exec["env"], value != .null else { return environment }
        var merged = environment
        for (index, entry) in (value.arrayValue ?? []).enumerated() {
            guard let name = entry["name"]?.stringValue, !name.isEmpty, !name.contains("="),
                let value = entry["value"]?.stringValue
            else {
                throw .configuration("\(place("exec", "env", String(index))) needs a name and a value, both strings")
            }
            merged[name] = value
        }
        return merged
    }
}
