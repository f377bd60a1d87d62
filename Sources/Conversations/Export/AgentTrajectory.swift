import JSON
import Primitives

/// A trajectory in the Agent Trajectory Interchange Format, version 1.7.
///
/// What the agent's action brought back stands as the observation of the step that took it; everything else that was said to
/// the agent is a step of the system or of the user. Steps are numbered from 1 without a gap.
struct AgentTrajectory {
    static let schemaVersion = "ATIF-v1.7"

    private let export: ConversationExport

    init(_ export: ConversationExport) { self.export = export }

    var value: JSONValue {
        let facts = export.facts
        let steps = steps()
        var agent: JSONObject = ["name": .string(facts.agent), "version": .string(facts.version ?? "unknown")]
        agent["model_name"] = facts.model.map { .string($0) }
        agent["tool_definitions"] = facts.tools.map { .array($0.map(\.value)) }
        var extra: JSONObject = ["task": .string(facts.task), "attempt": .integer(Int64(facts.attempt))]
        extra["provider"] = facts.provider.map { .string($0) }
        extra["problem_id"] = facts.problemID.map { .string($0) }
        extra["results"] = facts.results
        return [
            "schema_version": .string(Self.schemaVersion), "session_id": .string(facts.sessionID),
            "agent": .object(agent), "steps": .array(steps), "final_metrics": metrics(steps: steps.count),
            "extra": .object(extra),
        ]
    }

    private func steps() -> [JSONValue] {
        var steps: [JSONObject] = []
        for message in export.shown {
            if let last = steps.indices.last, let call = Self.call(answeredBy: message, in: steps[last]) {
                let before = steps[last]["observation"]?["results"]?.arrayValue ?? []
                let result: JSONValue = ["source_call_id": .string(call), "content": .string(message.content)]
                steps[last]["observation"] = ["results": .array(before + [result])]
                continue
            }
            steps.append(step(message, number: steps.count + 1))
        }
        return steps.map { .object($0) }
    }

    /// Which call of the step that is; a call in a code block has one outcome, and no id to tell it by.
    private static func call(answeredBy message: ConversationMessage, in step: JSONObject) -> String? {
        let calls = (step["tool_calls"]?.arrayValue ?? []).compactMap { $0["tool_call_id"]?.stringValue }
        switch message.role {
        case .function, .tool:
            if let id = message.toolCallID { return calls.contains(id) ? id : nil }
            return step["observation"] == nil ? calls.first : nil
        case .system, .user, .assistant: return nil
        }
    }

    private func step(_ message: ConversationMessage, number: Int) -> JSONObject {
        var step: JSONObject = [
            "step_id": .integer(Int64(number)), "timestamp": .string(message.timestamp.rfc3339Micro),
            "source": .string(Self.source(of: message)), "message": .string(message.content),
        ]
        guard message.role == .assistant else { return step }
        step["model_name"] = message.metadata["model"]
        if !message.toolCalls.isEmpty {
            step["tool_calls"] = .array(
                message.toolCalls.map {
                    [
                        "tool_call_id": .string($0.id), "function_name": .string($0.name),
                        "arguments": .object($0.argumentMap),
                    ]
                })
        } else if let name = message.functionName {
            let arguments = message.functionArguments.map { $0.objectValue == nil ? ["value": $0] : $0 } ?? [:]
            step["tool_calls"] = [
                [
                    "tool_call_id": .string("call-\(message.seq)"), "function_name": .string(name),
                    "arguments": arguments,
                ]
            ]
        }
        if let usage = message.usage {
            var metrics: JSONObject = [
                "prompt_tokens": .integer(usage.inputTokens), "completion_tokens": .integer(usage.outputTokens),
                "cached_tokens": .integer(usage.cacheReadTokens),
            ]
            metrics["cost_usd"] = message.cost.map(\.dollars)
            step["metrics"] = .object(metrics)
        }
        return step
    }

    private static func source(of message: ConversationMessage) -> String {
        switch message.role {
        case .assistant: "agent"
        case .user: "user"
        case .system, .function, .tool: "system"
        }
    }

    private func metrics(steps: Int) -> JSONValue {
        let totals = export.totals
        var metrics: JSONObject = [
            "total_prompt_tokens": .integer(totals.usage.inputTokens),
            "total_completion_tokens": .integer(totals.usage.outputTokens),
            "total_cached_tokens": .integer(totals.usage.cacheReadTokens), "total_steps": .integer(Int64(steps)),
        ]
        metrics["total_cost_usd"] = totals.costDollars
        // The format's own sums are those of its steps; a call whose reply was lost is in none of them.
        var extra: JSONObject = [:]
        if totals.usage.isEstimated, !export.isSimulated { extra["estimated"] = true }
        if totals.lostCalls > 0 {
            extra["lost_calls"] = .integer(Int64(totals.lostCalls))
            extra["lost_tokens_at_most"] = .integer(totals.lostTokens)
            extra["lost_cost_usd_at_most"] = totals.lostDollars
        }
        if !extra.isEmpty { metrics["extra"] = .object(extra) }
        return .object(metrics)
    }
}
