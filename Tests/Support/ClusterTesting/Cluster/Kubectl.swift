import Glibc
import Primitives

/// kubectl, always with the cluster named.
package struct Kubectl: Sendable {
    private let kubeconfig: String

    init(kubeconfig: String) { self.kubeconfig = kubeconfig }

    /// What it prints; throws with what it complained about.
    package func run(_ arguments: String..., within limit: Duration = .seconds(60)) async throws -> String {
        let child = try ChildProcess(
            try Self.program(), ["--kubeconfig=\(kubeconfig)"] + arguments, separateErrors: true)
        let code = try await child.exit(within: limit)
        guard code == 0 else {
            throw NeverHappened("kubectl \(arguments.joined(separator: " ")): exit code \(code): \(child.errors())")
        }
        return child.output()
    }

    /// What a line of shell prints in which `kubectl` means this cluster and namespace.
    package func shell(_ line: String, in namespace: String, within limit: Duration = .seconds(60)) async throws
        -> String
    {
        let function =
            "kubectl() { '\(try Self.program())' --kubeconfig='\(kubeconfig)' --namespace='\(namespace)' \"$@\"; }"
        let child = try ChildProcess("/bin/bash", ["-c", "\(function)\n\(line)"], separateErrors: true)
        let code = try await child.exit(within: limit)
        guard code == 0 else { throw NeverHappened("\(line): exit code \(code): \(child.errors())") }
        return child.output()
    }

    /// `KUBECTL`, else the one on PATH, else the one built with the private cluster.
    private static func program() throws -> String {
        if let named = getenv("KUBECTL"), named.pointee != 0 { return String(cString: named) }
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        for folder in path.split(separator: ":") where access("\(folder)/kubectl", X_OK) == 0 {
            return "\(folder)/kubectl"
        }
        let home = getenv("HOME").map { String(cString: $0) } ?? "/root"
        let cache = getenv("XDG_CACHE_HOME").map { String(cString: $0) } ?? "\(home)/.cache"
        var found = glob_t()
        defer { globfree(&found) }
        if glob("\(cache)/aiops-operator/artifacts/kubernetes-*/kubectl", 0, nil, &found) == 0,
            let first = found.gl_pathv?.pointee
        {
            return String(cString: first)
        }
        throw NeverHappened("kubectl is not on PATH; KUBECTL can name one")
    }
}
