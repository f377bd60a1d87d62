import AIOpsAPI
import KubernetesClient
import KubernetesModel
import LanguageModels
import Primitives

/// A Secret of type `aiops.dev/model-credentials`.
///
/// It holds a key under `apiKey` (or the name the task gives), or keys under the names their vendors use, and under `hosts`
/// the hosts they may be sent to, one a line.
struct ModelCredentials: Sendable {
    let name: String
    let hosts: Set<String>
    private let keyName: String?
    private let data: [String: [UInt8]]

    /// Whose keys it holds by name.
    var vendors: Set<ModelFacts.Vendor> {
        Set(ModelFacts.Vendor.allCases.filter { !content(OperatorKeys.variable($0)).isEmpty })
    }

    /// The key for a vendor, or for a server that is nobody's.
    ///
    /// - Throws: where it is missing, and where it holds what no header of a request can carry.
    func key(_ vendor: ModelFacts.Vendor?) throws(TaskFailure) -> LanguageModels.Secret {
        let names = keyName.map { [$0] } ?? ["apiKey"] + (vendor.map { [OperatorKeys.variable($0)] } ?? [])
        guard let entry = names.first(where: { !content($0).isEmpty }) else {
            throw TaskFailure(
                .user, .credentialsMissing,
                "Secret \(name) holds no \(names.map { "`\($0)`" }.joined(separator: " or ")): put the key there")
        }
        guard let text = content(entry).text else {
            throw TaskFailure(.user, .credentialsMissing, KeyText.refusal(of: "`\(entry)` in Secret \(name)"))
        }
        return LanguageModels.Secret(text)
    }

    private func content(_ entry: String) -> KeyText { KeyText(data[entry] ?? []) }

    /// With provider Auto nothing else tells whose key it is, and a key must not go to the wrong vendor.
    func checkItTellsTheVendor() throws(TaskFailure) {
        guard vendors.isEmpty else { return }
        let names = ModelFacts.Vendor.allCases.map(OperatorKeys.variable).joined(separator: ", ")
        throw TaskFailure(
            .user, .credentialsMissing,
            "Secret \(name) does not say whose key it holds: set spec.agent.model.provider (or baseURL), or name the key "
                + "one of \(names)")
    }

    static func read(
        _ reference: SecretKeyReference, namespace: String, client: KubernetesClient, time: any TimeSource
    ) async throws(TaskFailure) -> ModelCredentials {
        let secret: KubernetesModel.Secret
        do {
            let key = ObjectKey(namespace: namespace, name: reference.name)
            secret = try await Patience(time: time).again(while: { $0.isRetryable }) {
                () async throws(KubernetesError) in try await client.get(KubernetesModel.Secret.self, key)
            }
        } catch {
            throw failure(error, reference, namespace)
        }
        guard secret.type == ModelResolver.secretType else {
            throw TaskFailure(
                .user, .credentialsNotAllowed,
                "Secret \(reference.name) has type \(secret.type); only Secrets of type \(ModelResolver.secretType) "
                    + "are used, so that no other Secret can be sent away by naming it")
        }
        let hosts = String(decoding: secret.data["hosts"] ?? [], as: UTF8.self)
            .split { $0.isWhitespace || $0 == "," }.map { $0.lowercased() }
        return ModelCredentials(
            name: reference.name, hosts: Set(hosts), keyName: reference.key, data: secret.data)
    }

    private static func failure(
        _ error: KubernetesError, _ reference: SecretKeyReference, _ namespace: String
    ) -> TaskFailure {
        if error.isNotFound {
            return TaskFailure(
                .user, .credentialsMissing,
                "Secret \(reference.name) does not exist in namespace \(namespace), where the operator may read "
                    + "Secrets; create it with type \(ModelResolver.secretType) and the key under "
                    + "`\(reference.key ?? "apiKey")`")
        }
        if case .forbidden = error.kind {
            return TaskFailure(
                .user, .credentialsNotAllowed,
                "the operator may not read Secrets in namespace \(namespace), so whether Secret \(reference.name) "
                    + "is there cannot be told: add the namespace to the chart's credentialNamespaces (or bind the "
                    + "ClusterRole of the release that ends in -model-credentials to the operator's ServiceAccount "
                    + "there), and create the Secret if it does not exist", cause: error)
        }
        return TaskFailure(.infrastructure, .internalError, "could not read Secret \(reference.name)", cause: error)
    }
}
