import Primitives

/// The phrases of one run; the seed picks them, so that conversations of several seeds do not read alike.
struct Wording {
    private let opening: String
    private let doubt: String
    private let confidence: String

    init(using generator: inout SeededGenerator) {
        func pick(_ choices: [String]) -> String { choices.randomElement(using: &generator) ?? "" }
        opening = pick(["I will look at", "Let me list", "First the facts:"])
        doubt = pick(["This looks wrong:", "Here is a suspicion:", "Something does not fit:"])
        confidence = pick(["I conclude:", "The evidence says:", "To sum up:"])
    }

    func survey(_ resource: String) -> String { "\(opening) the \(resource) of the namespace." }

    func suspicion(_ explanations: [String]) -> String {
        "\(doubt) \(explanations.joined(separator: "; ")). The endpoints will show where traffic goes."
    }

    func repair(_ explanations: [String]) -> String {
        "\(doubt) \(explanations.joined(separator: "; ")). I will set it right."
    }

    var check: String { "I will give it a few seconds and look at everything again." }

    func conclusion(_ explanations: [String]) -> String {
        explanations.isEmpty
            ? "\(confidence) nothing that I can see is unhealthy."
            : "\(confidence) \(explanations.joined(separator: "; "))."
    }
}
