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
