/// Who answers the model calls.
///
/// `auto` means the first provider with a key, else `simulated`.
package enum ModelProvider: Vocabulary {
    case auto
    case openAI
    case anthropic
    case openRouter
    case openAICompatible
    case simulated
    case replay
    case unknown(String)

    package static let known: [Self] = [
        .auto, .openAI, .anthropic, .openRouter, .openAICompatible, .simulated, .replay,
    ]

    package var rawValue: String {
        switch self {
        case .auto: "Auto"
        case .openAI: "OpenAI"
        case .anthropic: "Anthropic"
        case .openRouter: "OpenRouter"
        case .openAICompatible: "OpenAICompatible"
        case .simulated: "Simulated"
        case .replay: "Replay"
        case .unknown(let text): text
        }
    }
}
