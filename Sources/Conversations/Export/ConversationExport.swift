import JSON
import Primitives

/// A conversation and what is known of it, to be written in any of the formats.
///
/// The messages are those of a record that was verified. What the loop noted about itself (a lost reply, an interruption) is
/// part of the stored conversation and of `json` and `text`; formats that tell what the agent and its environment said leave
/// it out, since the model never saw it.
package struct ConversationExport: Sendable {
    package let facts: ExportFacts
    package let messages: [ConversationMessage]

    package init(_ messages: [ConversationMessage], facts: ExportFacts) {
        self.messages = messages
        self.facts = facts
    }

    /// Ends with a line feed.
    package func bytes(as format: ExportFormat) -> [UInt8] {
        switch format {
        case .text: Array(PlainTranscript(self).text.utf8)
        case .json: Self.line(document)
        case .training: Self.line(TrainingLine(self).value)
        case .aiopslab: Self.line(AIOpsLabSession(self).value)
        case .atif: Self.line(AgentTrajectory(self).value)
        }
    }

    /// What the model was shown, and what it said.
    var shown: [ConversationMessage] {
        messages.filter { !($0.role == .system && $0.metadata["phase"] == "notice") }
    }

    /// Of an ended conversation: a call whose reply never came is lost.
    var totals: ConversationTotals {
        var totals = ConversationTotals()
        for message in messages { totals.add(message) }
        return facts.endedAt == nil ? totals : totals.closed
    }

    /// What is simulated says so, and that it measures nothing.
    var isSimulated: Bool { messages.contains { $0.metadata["simulated"] == true } }

    private var document: JSONValue {
        var head: JSONObject = [
            "sessionID": .string(facts.sessionID), "task": .string(facts.task),
            "attempt": .integer(Int64(facts.attempt)),
            "agent": .string(facts.agent),
        ]
        head["version"] = facts.version.map { .string($0) }
        head["provider"] = facts.provider.map { .string($0) }
        head["model"] = facts.model.map { .string($0) }
        head["problemID"] = facts.problemID.map { .string($0) }
        head["tools"] = facts.tools.map { .array($0.map { .string($0.name) }) }
        head["startedAt"] = facts.startedAt.map { .string($0.rfc3339Micro) }
        head["endedAt"] = facts.endedAt.map { .string($0.rfc3339Micro) }
        head["results"] = facts.results
        head["totals"] = sums
        head["messages"] = .array(messages.map { $0.jsonValue() })
        return .object(head)
    }

    private var sums: JSONValue {
        let totals = totals
        var sums: JSONObject = [
            "messages": .integer(Int64(messages.count)), "calls": .integer(Int64(totals.calls)),
            "inputTokens": .integer(totals.usage.inputTokens),
            "outputTokens": .integer(totals.usage.outputTokens),
            "cacheReadTokens": .integer(totals.usage.cacheReadTokens),
            "cacheWriteTokens": .integer(totals.usage.cacheWriteTokens),
            "reasoningTokens": .integer(totals.usage.reasoningTokens),
        ]
        if totals.usage.isEstimated, !isSimulated { sums["estimated"] = true }
        sums["costUSD"] = totals.costDollars
        if totals.lostCalls > 0 {
            sums["lostCalls"] = .integer(Int64(totals.lostCalls))
            sums["lostTokens"] = .integer(totals.lostTokens)
            sums["lostCostUSD"] = totals.lostDollars
        }
        return .object(sums)
    }

    private static func line(_ value: JSONValue) -> [UInt8] { value.serialized() + [UInt8(ascii: "\n")] }
}
