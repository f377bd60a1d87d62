package import JSON

/// The hands of an agent.
package protocol Toolbox: Sendable {
    /// What the agent is told about. `submit` belongs to the loop and is not among them.
    var tools: [ToolDescription] { get }

    /// Does one action. What the agent did wrong (a bad command, an unknown service) is an observation like any other.
    ///
    /// - Throws: only when the hands themselves failed; that is never the agent's fault.
    func perform(_ action: AgentAction) async throws(ToolError) -> Observation
}

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
    /// As the agent writes the call: `get_logs(namespace: str, service: str)`.
    package var signature: String
    package var documentation: String
    package var effect: Effect
    /// Calls to learn from, as an agent would write them.
    package var examples: [String]

    package init(name: String, signature: String, documentation: String, effect: Effect, examples: [String] = []) {
        self.name = name
        self.signature = signature
        self.documentation = documentation
        self.effect = effect
        self.examples = examples
    }

    /// Whether what it runs are shell commands.
    var isShell: Bool { if case .shell = effect { true } else { false } }
}

/// What came back from an action.
///
/// The loop bounds the text; a tool that cuts on its own says so in the text.
package struct Observation: Sendable, Hashable {
    package var text: String
    /// Facts for the record (exit code, bytes, duration), never shown to the agent.
    package var metadata: JSONObject

    package init(text: String, metadata: JSONObject = [:]) {
        self.text = text
        self.metadata = metadata
    }
}

/// The hands failed: no sandbox, no way to it, no right to use it.
package struct ToolError: Error, Sendable, CustomStringConvertible {
    package var message: String
    package var isRetryable: Bool
    package var isUserError: Bool
    package var isCancelled: Bool
    /// The action may have been done, wholly or in part, although its end was not seen.
    package var mayHaveTakenEffect: Bool
    /// What came back before the failure; empty for nothing.
    package var seen: String
    package var cause: (any Error)?

    package init(
        _ message: String, isRetryable: Bool, isUserError: Bool = false, isCancelled: Bool = false,
        mayHaveTakenEffect: Bool = false, seen: String = "", cause: (any Error)? = nil
    ) {
        self.message = message
        self.isRetryable = isRetryable
        self.isUserError = isUserError
        self.isCancelled = isCancelled
        self.mayHaveTakenEffect = mayHaveTakenEffect
        self.seen = seen
        self.cause = cause
    }

    package var description: String { message }
}
