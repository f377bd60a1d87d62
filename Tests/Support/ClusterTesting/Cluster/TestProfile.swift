import AIOpsAPI
import Glibc

/// Which cluster a test needs, and the variable of the environment that names its kubeconfig.
package enum TestProfile: String, Sendable {
    /// An API server without pods.
    case api = "AIOPS_TEST_KUBECONFIG"
    /// The oldest API server that the operator is proven on, as it was: without the current CRD server, and without pods.
    case plain = "AIOPS_TEST_PLAIN_KUBECONFIG"
    /// A whole cluster with real pods.
    case node = "AIOPS_TEST_NODE_KUBECONFIG"

    package struct Missing: Error, CustomStringConvertible {
        package let description: String
    }

    /// A test that cannot run fails: skipped, it would pass for a proof.
    package func kubeconfig() throws -> String {
        let arguments =
            switch self {
            case .api: "--profile api"
            case .plain: "--profile api --plain-1.20"
            case .node: "--profile node"
            }
        return try Self.value(
            rawValue,
            hint: "scripts/test.py \(self == .node ? "node" : "api") sets it up, or: scripts/cluster/cluster.py up "
                + "--name mine \(arguments)")
    }

    /// The form of our definitions that its server understands.
    var dialect: Schema.Dialect { self == .plain ? .legacy : .current }

    /// The address at which pods and the operator reach servers of a test.
    package static func hostAddress() throws -> String {
        try value(
            "AIOPS_TEST_HOST_ADDRESS", hint: "hostAddress in scripts/cluster/cluster.py status --name NAME --json")
    }

    private static func value(_ name: String, hint: String) throws -> String {
        guard let value = getenv(name), value.pointee != 0 else {
            throw Missing(description: "\(name) is not set, and this test needs a real cluster: \(hint)")
        }
        return String(cString: value)
    }
}
