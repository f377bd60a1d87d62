import AIOpsAPI
import LanguageModels
import Primitives

/// Which provider answers a task, and what the model is called there.
///
/// Pure: follows from the settings, from whose keys are there, and from the day, since models retire.
struct ModelChoice: Sendable, Hashable {
    enum Provider: Sendable, Hashable {
        case simulated
        /// A recorded conversation.
        case replay
        case vendor(ModelFacts.Vendor)
        /// Any server that speaks chat completions, at the address the task gives.
        case compatible
        /// Told by the names of the keys in a Secret that has not been read.
        case toldBySecret
    }

    let provider: Provider

    /// Whether nobody is paid for its answers.
    var isFree: Bool { provider == .simulated || provider == .replay }
    /// Nothing where none was named and there is no default.
    let name: String?

    /// Of `vendors` keys are there: in the task's Secret, or else the operator's; nil for a Secret that has not been read yet.
    init(
        _ model: EffectiveModel, vendors: Set<ModelFacts.Vendor>?, now: Timestamp, table: ModelTable = .builtIn
    ) throws(TaskFailure) {
        switch model.provider {
        case .simulated: (provider, name) = (.simulated, model.name)
        case .openAICompatible: (provider, name) = (.compatible, model.name)
        case .auto where model.baseURL != nil: (provider, name) = (.compatible, model.name)
        case .auto:
            guard let vendors else {
                (provider, name) = (.toldBySecret, model.name)
                return
            }
            guard let vendor = try Self.vendor(of: model.name, among: vendors, table) else {
                (provider, name) = (.simulated, model.name)
                return
            }
            (provider, name) = (.vendor(vendor), try Self.name(model.name, vendor, now, table))
        case .openAI: (provider, name) = (.vendor(.openAI), try Self.name(model.name, .openAI, now, table))
        case .anthropic: (provider, name) = (.vendor(.anthropic), try Self.name(model.name, .anthropic, now, table))
        case .openRouter: (provider, name) = (.vendor(.others), try Self.name(model.name, .others, now, table))
        case .replay: (provider, name) = (.replay, model.conversationRef?.name)
        case .unknown:
            throw TaskFailure(.user, .notSupported, "provider \(model.provider) is not served by this version")
        }
    }

    /// What can be told before the Secret is read; nil when nothing is wrong so far.
    static func problem(_ model: EffectiveModel, keys: OperatorKeys, now: Timestamp) -> TaskFailure? {
        do throws(TaskFailure) {
            let choice = try choice(model, keys: keys, now: now)
            // Here alone: a task that an earlier version admitted without a name goes on. One without an address is refused for that.
            if choice.provider == .compatible, model.baseURL != nil { _ = try named(choice.name) }
            guard case .vendor(let vendor) = choice.provider, model.credentialsSecretRef == nil else { return nil }
            let hasAddress = model.baseURL != nil
            return hasAddress || keys.key(vendor) == nil ? missing(vendor, hasAddress: hasAddress) : nil
        } catch {
            return error
        }
    }

    /// The choice, unless the name is one that no vendor answers to any more.
    ///
    /// That is told whoever would be asked, and before a key is asked for that would not help. Here alone, since a task that was
    /// admitted goes on under the name it had then.
    private static func choice(
        _ model: EffectiveModel, keys: OperatorKeys, now: Timestamp
    ) throws(TaskFailure) -> ModelChoice {
        let choice: ModelChoice
        do throws(TaskFailure) {
            choice = try ModelChoice(model, keys: keys, now: now)
        } catch {
            throw error.reason == .credentialsMissing ? retirement(of: model, now) ?? error : error
        }
        if let problem = retirement(of: model, now) { throw problem }
        return choice
    }

    /// A server of one's own may have what its vendor has not any more.
    private static func retirement(of model: EffectiveModel, _ now: Timestamp) -> TaskFailure? {
        guard let name = model.name, model.provider != .replay else { return nil }
        var vendor: ModelFacts.Vendor?
        if let baseURL = model.baseURL {
            let provider = ModelEndpoint(baseURL: baseURL)?.provider ?? .openAICompatible
            vendor = ModelFacts.Vendor(rawValue: provider.rawValue)
            if vendor == nil { return nil }
        }
        return ModelTable.builtIn.retirement(of: name, at: vendor, now: now).map(misnamed)
    }

    private static func misnamed(_ problem: ModelTable.Problem) -> TaskFailure {
        TaskFailure(.user, .invalidSpec, "spec.agent.model.name: \(problem)")
    }

    /// The choice at admission.
    init(_ model: EffectiveModel, keys: OperatorKeys, now: Timestamp) throws(TaskFailure) {
        try self.init(model, vendors: model.credentialsSecretRef == nil ? keys.vendors : nil, now: now)
    }

    static func missing(_ vendor: ModelFacts.Vendor, hasAddress: Bool = false) -> TaskFailure {
        let general =
            hasAddress
            ? "the operator's own keys go to no address that a task names, so remove baseURL, or"
            : "the operator has none either (\(OperatorKeys.variable(vendor)) with --operator-model-keys, or the chart's "
                + "operatorModelKeys), so"
        return TaskFailure(
            .user, .credentialsMissing,
            "provider \(vendor.rawValue) is named without a key: \(general) name a Secret of type "
                + "\(ModelResolver.secretType) in spec.agent.model.credentialsSecretRef; provider Simulated needs none")
    }

    /// A vendor's own key is preferred for its own models, OpenRouter's serves all.
    ///
    /// - Returns: nothing when there is no key at all.
    private static func vendor(
        of name: String?, among vendors: Set<ModelFacts.Vendor>, _ table: ModelTable
    ) throws(TaskFailure) -> ModelFacts.Vendor? {
        if vendors.isEmpty { return nil }
        guard let name else {
            return [ModelFacts.Vendor.openAI, .anthropic, .others].first(where: vendors.contains)
        }
        let byPrefix: [Substring: ModelFacts.Vendor] = ["openai": .openAI, "anthropic": .anthropic]
        let maker = table.facts(name)?.vendor ?? byPrefix[name.prefix { $0 != "/" }]
        if let maker, maker != .others, vendors.contains(maker) { return maker }
        if vendors.contains(.others), maker != nil || name.contains("/") { return .others }
        let there = vendors.map(\.rawValue).sorted().joined(separator: ", ")
        throw TaskFailure(
            .user, .credentialsMissing,
            "there is a key of \(there), and none that is known to serve \(name): set spec.agent.model.provider, or name "
                + "another model")
    }

    private static func name(
        _ name: String?, _ vendor: ModelFacts.Vendor, _ now: Timestamp, _ table: ModelTable
    ) throws(TaskFailure) -> String {
        do {
            return try table.fullName(of: name ?? usual(vendor), at: vendor, now: now)
        } catch {
            throw misnamed(error)
        }
    }

    /// What a server of one's own serves, nobody else can know: a made-up name would be refused by it in the middle of a run.
    private static func named(_ name: String?) throws(TaskFailure) -> String {
        if let name, !name.isEmpty { return name }
        throw TaskFailure(
            .user, .invalidSpec,
            "set spec.agent.model.name to a model that the server at baseURL has (it lists them at /models); there is no "
                + "default for provider OpenAICompatible")
    }

    /// Small ones, that take every parameter: whoever wants a dear model names it.
    private static func usual(_ vendor: ModelFacts.Vendor) -> String {
        switch vendor {
        case .openAI, .others: "gpt-4.1-mini"
        case .anthropic: "claude-haiku-4-5"
        }
    }
}
