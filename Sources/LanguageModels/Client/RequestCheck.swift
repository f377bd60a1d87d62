import JSON

/// What of a request would be refused, found before anything is sent.
struct RequestCheck {
    private let request: ModelRequest
    private let configuration: ProviderConfiguration

    init(_ request: ModelRequest, _ configuration: ProviderConfiguration) {
        self.request = request
        self.configuration = configuration
    }

    /// The first setting that would not be valid JSON, or that the model or every server refuses.
    var problem: String? {
        if request.messages.allSatisfy({ $0.role == .system }) { return "there are no messages" }
        if request.maxTokens < 1 { return "maxTokens must be at least 1" }
        return settings
    }

    /// The first setting that the model refuses, whatever it is asked.
    var settings: String? { sampling ?? bound }

    private var sampling: String? {
        let model = configuration.model
        for (name, text) in [("temperature", request.temperature), ("topP", request.topP)] {
            guard let text else { continue }
            guard let number = Self.number(text) else { return "\(name) is not a number: \(text.prefix(32))" }
            if configuration.facts?.acceptsSampling == false {
                return
                    "\(model) does not accept \(name); remove it from spec.agent.model, or from the pool's modelDefaults"
            }
            if configuration.format == .messages, number > 1 { return "\(name) of \(model) goes from 0 to 1: \(text)" }
        }
        return nil
    }

    private var bound: String? {
        guard let most = configuration.facts?.outputTokens, request.maxTokens > most else { return nil }
        return "a reply of \(configuration.model) has at most \(most) tokens; set maxTokens to that or less"
    }

    private static func number(_ text: String) -> Double? {
        do {
            switch try JSONValue(parsing: Array(text.utf8)) {
            case .integer(let number): return Double(number)
            case .number(let text): return Double(text)
            case .null, .bool, .string, .array, .object: return nil
            }
        } catch {
            return nil
        }
    }
}
