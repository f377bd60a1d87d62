package import LanguageModels
package import Primitives

/// Bounds of one run.
package struct AgentLimits: Sendable, Hashable {
    package var maxSteps: Int
    /// On the wall clock, so that it holds across restarts.
    package var deadline: Timestamp?
    /// Input and output together, lost replies at their worst case.
    package var maxTokens: Int64?
    package var maxCost: NanoDollars?
    /// Bytes of one observation.
    package var observationBytes: Int
    /// So many format errors in a row end the run.
    package var formatErrorsInARow: Int
    /// So many replies in a row that were cut off, or so many empty ones, end the run: each is paid, and the next is like it.
    package var uselessRepliesInARow: Int
    /// Bytes of all messages sent in one call; older observations are left out beyond it.
    package var contextBytes: Int
    /// How often a call is made anew after its reply was lost on the way.
    package var lostReplyAttempts: Int
    /// How long a provider that does not answer is asked again, beyond what the model's client does by itself.
    package var providerPatience: Duration
    /// The waits between one try and the next; how many tries there are is a matter of patience.
    package var providerDelays: RetryPolicy
    /// How often a tool is tried that fails for a reason that may pass.
    package var toolAttempts: Int

    package init(
        maxSteps: Int = 30, deadline: Timestamp? = nil, maxTokens: Int64? = nil, maxCost: NanoDollars? = nil,
        observationBytes: Int = 16 * 1024, formatErrorsInARow: Int = 10, uselessRepliesInARow: Int = 3,
        contextBytes: Int = 384 * 1024,
        lostReplyAttempts: Int = 3, providerPatience: Duration = .seconds(120),
        providerDelays: RetryPolicy = RetryPolicy(), toolAttempts: Int = 4
    ) {
        self.maxSteps = maxSteps
        self.deadline = deadline
        self.maxTokens = maxTokens
        self.maxCost = maxCost
        self.observationBytes = observationBytes
        self.formatErrorsInARow = formatErrorsInARow
        self.uselessRepliesInARow = uselessRepliesInARow
        self.contextBytes = contextBytes
        self.lostReplyAttempts = lostReplyAttempts
        self.providerPatience = providerPatience
        self.providerDelays = providerDelays
        self.toolAttempts = toolAttempts
    }
}

extension AgentLimits {
    /// What fits into a model's window of that many tokens beside the longest reply, at the three bytes that a token of
    /// commands and logs stands for at least as a rule; never more than the usual limit.
    package static func contextBytes(window: Int?, reply: Int) -> Int {
        let usual = AgentLimits().contextBytes
        return window.map { min(usual, max(16 * 1024, ($0 - reply) * 3)) } ?? usual
    }
}

/// How the model is to be asked.
package struct ModelSettings: Sendable, Hashable {
    package var maxTokens: Int
    /// Decimal numbers as text; nothing leaves them to the server.
    package var temperature: String?
    package var topP: String?
    package var seed: Int64?

    package init(maxTokens: Int = 4096, temperature: String? = nil, topP: String? = nil, seed: Int64? = nil) {
        self.maxTokens = maxTokens
        self.temperature = temperature
        self.topP = topP
        self.seed = seed
    }
}
