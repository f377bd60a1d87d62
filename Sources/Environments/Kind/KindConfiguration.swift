import JSON
import YAML

/// What kind is told about a cluster: the pool's text, with the task's worker nodes.
package enum KindConfiguration {
    private static let version = "kind.x-k8s.io/v1alpha4"

    /// As JSON, which is YAML too.
    ///
    /// - Throws: ``KindError/invalidConfiguration(_:)`` for a text that is no configuration of a cluster, or that names nodes where
    ///   the task asks for a number of them.
    package static func text(_ config: String?, workers: Int) throws(KindError) -> String {
        var whole = try parsed(config)
        if let kind = whole["kind"], kind != "Cluster" {
            throw .invalidConfiguration("kind must be Cluster, not \(kind.text)")
        }
        if let given = whole["apiVersion"], given != .string(version) {
            throw .invalidConfiguration("apiVersion must be \(version), not \(given.text)")
        }
        whole["kind"] = "Cluster"
        whole["apiVersion"] = .string(version)
        if workers > 0 {
            guard whole["nodes"] == nil || whole["nodes"] == .null else {
                throw .invalidConfiguration(
                    "the pool's configuration lists its nodes, and the task asks for \(workers) workers: leave out one of them"
                )
            }
            whole["nodes"] = .array([["role": "control-plane"]] + (0..<workers).map { _ in ["role": "worker"] })
        }
        return JSONValue.object(whole).text
    }

    private static func parsed(_ config: String?) throws(KindError) -> JSONObject {
        guard let config, !config.allSatisfy(\.isWhitespace) else { return [:] }
        let value: JSONValue
        do {
            value = try YAML.parse(Array(config.utf8))
        } catch {
            throw .invalidConfiguration("line \(error.line): \(error.message)")
        }
        if value == .null { return [:] }
        guard let object = value.objectValue else { throw .invalidConfiguration("expected a mapping at the top") }
        return object
    }
}
