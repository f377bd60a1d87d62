package import AIOpsAPI
package import HTTP
package import KubernetesClient
package import LanguageModels
package import Primitives

/// Turns what a task says about its model into a model that can be asked.
///
/// Keys are read from the Secret a task names, at the start of each run and when one is refused, or are the operator's own
/// where an administrator allows that; they are held by the model client alone.
package struct ModelResolver: Sendable {
    package static let secretType = "aiops.dev/model-credentials"

    let client: KubernetesClient
    private let transport: any HTTPTransport
    private let time: any TimeSource
    private let allowedHosts: Set<String>
    private let keys: OperatorKeys
    private let holdSecret: @Sendable (String) -> Void

    /// `holdSecret` is told each key that is used, so that it can be taken out of whatever is stored or sent.
    package init(
        client: KubernetesClient, transport: any HTTPTransport, time: any TimeSource, allowedHosts: Set<String>,
        keys: OperatorKeys = .none, holdSecret: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.client = client
        self.transport = transport
        self.time = time
        self.allowedHosts = allowedHosts
        self.keys = keys
        self.holdSecret = holdSecret
    }

    /// A key that the pool's defaults name is read from `poolNamespace`, one that the task names from `namespace`.
    package func resolve(
        _ settings: EffectiveModel, namespace: String, poolNamespace: String
    ) async throws(TaskFailure) -> any LanguageModel {
        let owner = settings.credentialsOwner == .pool ? poolNamespace : namespace
        var credentials: ModelCredentials?
        if let reference = settings.credentialsSecretRef, settings.provider != .simulated {
            credentials = try await .read(reference, namespace: owner, client: client, time: time)
            if settings.provider == .auto, settings.baseURL == nil { try credentials?.checkItTellsTheVendor() }
        }
        let choice = try ModelChoice(settings, vendors: credentials?.vendors ?? keys.vendors, now: time.wallNow())
        switch choice.provider {
        case .simulated: return SimulatedModel(seed: UInt64(bitPattern: settings.seed ?? 0))
        case .replay: return try await replay(settings.conversationRef, namespace: namespace)
        // Only a task that was admitted before a name was asked for has none: it goes on under the one it had then.
        case .compatible: return try model(compatible(choice.name ?? "default", settings, credentials), settings)
        case .vendor(let vendor): return try model(vendors(vendor, choice.name ?? "", settings, credentials), settings)
        case .toldBySecret:
            // Its vendors were given.
            throw TaskFailure(.infrastructure, .internalError, "the provider was not found out")
        }
    }

    private func model(_ configuration: ProviderConfiguration, _ settings: EffectiveModel) -> any LanguageModel {
        ProviderModel(
            configuration, transport: transport, time: time, seed: UInt64(bitPattern: settings.seed ?? 0))
    }

    private func compatible(
        _ name: String, _ settings: EffectiveModel, _ credentials: ModelCredentials?
    ) throws(TaskFailure) -> ProviderConfiguration {
        guard let baseURL = settings.baseURL else {
            throw TaskFailure(.user, .invalidSpec, "set spec.agent.model.baseURL for provider OpenAICompatible")
        }
        let endpoint = try endpoint(baseURL)
        try check(endpoint, credentials)
        let key = try credentials?.key(nil)
        if let key { holdSecret(key.reveal()) }
        return .compatible(
            baseURL: baseURL, provider: endpoint.provider.rawValue, model: name, key: key)
    }

    /// At its own address, or at the one that comes with the key.
    private func vendors(
        _ vendor: ModelFacts.Vendor, _ name: String, _ settings: EffectiveModel, _ credentials: ModelCredentials?
    ) throws(TaskFailure) -> ProviderConfiguration {
        guard let key = try credentials?.key(vendor) ?? (settings.baseURL == nil ? keys.key(vendor) : nil) else {
            throw ModelChoice.missing(vendor, hasAddress: settings.baseURL != nil)
        }
        let baseURL = credentials == nil ? keys.address(vendor) : settings.baseURL
        var configuration: ProviderConfiguration =
            switch vendor {
            case .openAI: .openAI(model: name, key: key, baseURL: baseURL)
            case .anthropic: .anthropic(model: name, key: key, baseURL: baseURL)
            case .others: .openRouter(model: name, key: key, baseURL: baseURL)
            }
        let endpoint = try endpoint(configuration.baseURL)
        try check(endpoint, credentials)
        configuration.isAtVendor = endpoint.provider.rawValue == vendor.rawValue
        holdSecret(key.reveal())
        return configuration
    }

    private func endpoint(_ baseURL: String) throws(TaskFailure) -> ModelEndpoint {
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
        return endpoint
    }

    /// A Secret speaks for its own key only: with hosts of its own, it goes to those and nowhere else.
    private func check(_ endpoint: ModelEndpoint, _ credentials: ModelCredentials?) throws(TaskFailure) {
        let own = credentials?.hosts ?? []
        guard !endpoint.isAllowed(by: own.isEmpty ? allowedHosts : own) else { return }
        throw Self.refusal(of: endpoint, secret: credentials?.name, hasHosts: !own.isEmpty)
    }

    /// Advises only what would help: an administrator's list is not asked where the Secret has one of its own.
    private static func refusal(
        of endpoint: ModelEndpoint, secret: String? = nil, hasHosts: Bool = false
    ) -> TaskFailure {
        let place = endpoint.place
        // Either helps, and what names one port lets a key go to nothing else.
        let forms = place == endpoint.host ? "it" : "it, or \(endpoint.host) for every port of it,"
        let own = secret.map { "list \(forms) under `hosts` in Secret \($0)" }
        let general =
            "have the administrator add \(forms) to the chart's allowedModelHosts (which starts the operator with "
            + "--allowed-model-host \(place))"
        let advice = hasHosts ? [own] : [own, general]
        return TaskFailure(
            .user, .hostNotAllowed,
            "host \(place) is not allowed: " + advice.compactMap(\.self).joined(separator: ", or "))
    }
}
