package import JSON

/// How an answer was graded.
package struct Grade: Sendable, Hashable {
    package var verdict: Verdict
    /// CamelCase, for programs.
    package var reason: String
    /// For people; may name the truth, so it never goes into a message that an agent reads.
    package var message: String
    /// The keys of the reference benchmark, spelled as there.
    package var results: JSONObject
    /// Typed figures as decimal strings, by camelCase name.
    package var scores: [String: String]

    package init(
        verdict: Verdict, reason: String, message: String, results: JSONObject = [:], scores: [String: String] = [:]
    ) {
        self.verdict = verdict
        self.reason = reason
        self.message = message
        self.results = results
        self.scores = scores
    }

    package var success: Bool { verdict == .passed }
}

/// What the agent loop measured, for the timers and counters of the reference.
package struct RunFigures: Sendable, Hashable {
    /// Wall time of the agent loop alone.
    package var elapsed: Duration
    package var steps: Int
    package var inputTokens: Int64
    package var outputTokens: Int64

    package init(elapsed: Duration = .zero, steps: Int = 0, inputTokens: Int64 = 0, outputTokens: Int64 = 0) {
        self.elapsed = elapsed
        self.steps = steps
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
    }
}
