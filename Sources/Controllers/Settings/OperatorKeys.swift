package import LanguageModels

/// The keys of the whole operator, for tasks that bring none.
///
/// An administrator allows them; without that there are none. They go to their vendor's address, or to the one he gives for
/// OpenRouter, and never to an address that a task names: whoever may create tasks could point it anywhere.
package struct OperatorKeys: Sendable {
    /// As the vendors' own tools name them, in the environment and in Secrets.
    package static func variable(_ vendor: ModelFacts.Vendor) -> String {
        switch vendor {
        case .openAI: "OPENAI_API_KEY"
        case .anthropic: "ANTHROPIC_API_KEY"
        case .others: "OPENROUTER_API_KEY"
        }
    }

    package static let openRouterAddress = "OPENROUTER_BASE_URL"
    package static let none = OperatorKeys(environment: [:])

    private let keys: [ModelFacts.Vendor: LanguageModels.Secret]
    /// Variables that hold something, and no key: no request could carry it.
    let unusable: [String]
    /// In place of OpenRouter's own; its host has to be on the administrator's list.
    package let openRouterURL: String?

    package init(environment: [String: String]) {
        var keys: [ModelFacts.Vendor: LanguageModels.Secret] = [:]
        var unusable: [String] = []
        for vendor in ModelFacts.Vendor.allCases {
            let given = KeyText((environment[Self.variable(vendor)] ?? "").utf8)
            guard !given.isEmpty else { continue }
            if let key = given.text {
                keys[vendor] = LanguageModels.Secret(key)
            } else {
                unusable.append(Self.variable(vendor))
            }
        }
        (self.keys, self.unusable) = (keys, unusable)
        openRouterURL = environment[Self.openRouterAddress].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Why the operator must not start with them.
    package var problem: String? { unusable.first.map { KeyText.refusal(of: $0) } }
    package var vendors: Set<ModelFacts.Vendor> { Set(keys.keys) }
    /// The keys themselves, for whoever takes them out of what is stored or logged.
    package var texts: [String] { keys.values.map { $0.reveal() } }

    package func key(_ vendor: ModelFacts.Vendor) -> LanguageModels.Secret? { keys[vendor] }

    /// Nothing for the vendor's own.
    package func address(_ vendor: ModelFacts.Vendor) -> String? { vendor == .others ? openRouterURL : nil }
}
