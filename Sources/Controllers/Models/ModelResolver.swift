package import AIOpsAPI
package import HTTP
package import KubernetesClient
import KubernetesModel
package import LanguageModels
package import Primitives

/// Turns what a task says about its model into a model that can be asked.
///
/// Keys are read from the Secret a task names, at the start of each run, and are held by the model client alone. A Secret
/// of type `aiops.dev/model-credentials` holds the key under `apiKey` (or the name the task gives) and, under `hosts`,
/// the hosts it may be sent to, one a line.
package struct ModelResolver: Sendable {
    package static let secretType = "aiops.dev/model-credentials"

    private let client: KubernetesClient
    private let transport: any HTTPTransport
    private let time: any TimeSource
    private let allowedHosts: Set<String>
    private let holdSecret: @Sendable (String) -> Void

    /// `holdSecret` is told each key that is read, so that it can be taken out of whatever is stored or sent.
    package init(
        client: KubernetesClient, transport: any HTTPTransport, time: any TimeSource, allowedHosts: Set<String>,
        holdSecret: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.client = client
        self.transport = transport
        self.time = time
        self.allowedHosts = allowedHosts
        self.holdSecret = holdSecret
    }

    /// The provider that will answer; `Auto` means Simulated as long as nobody gives a key.
    package static func provider(of model: EffectiveModel) -> ModelProvider {
        guard case .auto = model.provider else { return model.provider }
        return model.baseURL == nil ? .simulated : .openAICompatible
    }

    /// A key that the pool's defaults name is read from `poolNamespace`, one that the task names from `namespace`.
    package func resolve(
        _ settings: EffectiveModel, namespace: String, poolNamespace: String
    ) async throws(TaskFailure) -> any LanguageModel {
        let seed = UInt64(bitPattern: settings.seed)
        switch Self.provider(of: settings) {
        case .simulated:
            return SimulatedModel(seed: seed)
        case .openAICompatible:
            guard let baseURL = settings.baseURL else {
                throw TaskFailure(.user, .invalidSpec, "set spec.agent.model.baseURL for provider OpenAICompatible")
            }
            let owner = settings.credentialsOwner == .pool ? poolNamespace : namespace
            return try await compatible(settings, baseURL: baseURL, namespace: owner, seed: seed)
        case let other:
            throw TaskFailure(
                .user, .notSupported,
                "provider \(other) is not served by this version; use OpenAICompatible with its base URL, or Simulated")
        }
    }

    private func compatible(
        _ settings: EffectiveModel, baseURL: String, namespace: String, seed: UInt64
    ) async throws(TaskFailure) -> any LanguageModel {
        guard let endpoint = ModelEndpoint(baseURL: baseURL) else {
            throw TaskFailure(
                .user, .invalidSpec, "spec.agent.model.baseURL must be http:// or https:// with a host: \(baseURL)")
        }
        guard !endpoint.isLinkLocal else {
            throw TaskFailure(
                .user, .hostNotAllowed,
                "baseURL names the link-local address \(endpoint.host), and nothing is sent to those, "
                    + "whatever is allowed: name an address that other machines can reach")
        }
        var hosts = allowedHosts
        var key: LanguageModels.Secret?
        if let reference = settings.credentialsSecretRef {
            let credentials = try await credentials(reference, namespace: namespace)
            key = credentials.key
            // A Secret speaks for its own key only: with hosts of its own, it goes to those and nowhere else.
            hosts = credentials.hosts.isEmpty ? hosts : credentials.hosts
            guard endpoint.isAllowed(by: hosts) else {
                throw Self.refusal(of: endpoint, secret: reference.name, hasHosts: !credentials.hosts.isEmpty)
            }
        }
        guard endpoint.isAllowed(by: hosts) else { throw Self.refusal(of: endpoint) }
        let configuration = OpenAICompatibleConfiguration(
            baseURL: baseURL, provider: endpoint.provider.rawValue, model: settings.name ?? "default", key: key)
        return OpenAICompatibleModel(configuration, transport: transport, time: time, seed: seed)
    }

    /// Advises only what would help: an administrator's list is not asked where the Secret has one of its own.
    private static func refusal(
        of endpoint: ModelEndpoint, secret: String? = nil, hasHosts: Bool = false
    ) -> TaskFailure {
        let host = endpoint.host
        let own = secret.map { "list it under `hosts` in Secret \($0)" }
        let general =
            "have the administrator add it to the chart's allowedModelHosts (which starts the operator with "
            + "--allowed-model-host \(host))"
        let advice = hasHosts ? [own] : [own, general]
        return TaskFailure(
            .user, .hostNotAllowed,
            "host \(host) is not allowed: " + advice.compactMap(\.self).joined(separator: ", or "))
    }

    private struct Credentials {
        var key: LanguageModels.Secret
        var hosts: Set<String>
    }

    private func credentials(
        _ reference: SecretKeyReference, namespace: String
    ) async throws(TaskFailure) -> Credentials {
        let secret: KubernetesModel.Secret
        do {
            let key = ObjectKey(namespace: namespace, name: reference.name)
            secret = try await Patience(time: time).again(while: { $0.isRetryable }) {
                () async throws(KubernetesError) in try await client.get(KubernetesModel.Secret.self, key)
            }
        } catch {
            if error.isNotFound {
                throw TaskFailure(
                    .user, .credentialsMissing,
                    "Secret \(reference.name) does not exist in namespace \(namespace), where the operator may read "
                        + "Secrets; create it with type \(Self.secretType) and the key under "
                        + "`\(reference.key ?? "apiKey")`")
            }
            if case .forbidden = error.kind {
                throw TaskFailure(
                    .user, .credentialsNotAllowed,
                    "the operator may not read Secrets in namespace \(namespace), so whether Secret \(reference.name) "
                        + "is there cannot be told: add the namespace to the chart's credentialNamespaces (or bind the "
                        + "ClusterRole of the release that ends in -model-credentials to the operator's ServiceAccount "
                        + "there), and create the Secret if it does not exist", cause: error)
            }
            throw TaskFailure(
                .infrastructure, .internalError, "could not read Secret \(reference.name)", cause: error)
        }
        guard secret.type == Self.secretType else {
            throw TaskFailure(
                .user, .credentialsNotAllowed,
                "Secret \(reference.name) has type \(secret.type); only Secrets of type \(Self.secretType) "
                    + "are used, so that no other Secret can be sent away by naming it")
        }
        let name = reference.key ?? "apiKey"
        guard let bytes = secret.data[name], !bytes.isEmpty else {
            throw TaskFailure(
                .user, .credentialsMissing, "Secret \(reference.name) holds no `\(name)`: put the key there")
        }
        let hosts = String(decoding: secret.data["hosts"] ?? [], as: UTF8.self)
            .split { $0.isWhitespace || $0 == "," }.map { $0.lowercased() }
        let key = String(decoding: bytes, as: UTF8.self).filter { !$0.isNewline }
        holdSecret(key)
        return Credentials(key: LanguageModels.Secret(key), hosts: Set(hosts))
    }
}
