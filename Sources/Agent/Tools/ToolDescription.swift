/// One tool as the agent sees it.
package struct ToolDescription: Sendable, Hashable {
    /// What happens when the tool is used twice, which a crash may cause.
    package enum Effect: Sendable, Hashable {
        /// Changes nothing: may be repeated.
        case readOnly
        /// Changes something: never repeated without the agent's wish.
        case mutating
        /// Runs a shell command given by this argument: repeated only when the command certainly reads.
        case shell(argument: String)
    }

    package var name: String
    package var summary: String
    package var parameters: [ToolParameter]
    /// What comes back, in a few words.
    package var returns: String
    package var effect: Effect
    /// Calls to learn from, as an agent would write them in a code block.
    package var examples: [String]

    package init(
        name: String, summary: String, parameters: [ToolParameter], returns: String, effect: Effect,
        examples: [String] = []
    ) {
        self.name = name
        self.summary = summary
        self.parameters = parameters
        self.returns = returns
        self.effect = effect
        self.examples = examples
    }

    /// As the agent writes the call in a code block: `get_logs(namespace: str, service: str)`.
    package var signature: String { "\(name)(\(parameters.map(\.signature).joined(separator: ", ")))" }

    /// What stands below the signature.
    var documentation: String {
        let arguments = parameters.map { "    \($0.name) (\($0.typeName)): \($0.documentation)" }
        return ([summary, "Args:"] + arguments + ["Returns:", "    str: \(returns)"]).joined(separator: "\n")
    }

    /// Whether what it runs are shell commands.
    var isShell: Bool { if case .shell = effect { true } else { false } }
}
