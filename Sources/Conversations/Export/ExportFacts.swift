import JSON
package import Primitives

/// What is known of a conversation besides its messages.
package struct ExportFacts: Sendable, Hashable {
    /// Tells this conversation apart from all others: task uid and attempt.
    package var sessionID: String
    package var task: String
    package var attempt: Int
    package var agent: String
    /// Of the operator that ran it.
    package var version: String?
    package var provider: String?
    package var model: String?
    package var problemID: String?
    /// The tools the agent was offered; nil when that is not recorded.
    package var tools: [ExportTool]?
    package var startedAt: Timestamp?
    package var endedAt: Timestamp?
    /// Whether the task passed; nil without a verdict.
    package var success: Bool?
    package var verdict: String?
    package var scores: [String: String]

    package init(
        sessionID: String, task: String, attempt: Int = 1, agent: String, version: String? = nil,
        provider: String? = nil,
        model: String? = nil, problemID: String? = nil, tools: [ExportTool]? = nil, startedAt: Timestamp? = nil,
        endedAt: Timestamp? = nil, success: Bool? = nil, verdict: String? = nil, scores: [String: String] = [:]
    ) {
        self.sessionID = sessionID
        self.task = task
        self.attempt = attempt
        self.agent = agent
        self.version = version
        self.provider = provider
        self.model = model
        self.problemID = problemID
        self.tools = tools
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.success = success
        self.verdict = verdict
        self.scores = scores
    }

    /// The verdict and the scores, in the order of their names.
    var results: JSONValue {
        var object: JSONObject = [:]
        if let verdict { object["verdict"] = .string(verdict) }
        if let success { object["success"] = .bool(success) }
        for (name, value) in scores.sorted(by: { $0.key < $1.key }) { object[name] = .string(value) }
        return .object(object)
    }
}
