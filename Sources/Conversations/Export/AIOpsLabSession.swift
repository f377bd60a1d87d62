import JSON
import Primitives

/// The session record of AIOpsLab: what the agent said and what its environment answered, without prompts.
///
/// As its orchestrator writes it (`aiopslab/session.py`): roles are `assistant` and `env`, times are Unix seconds, and an answer
/// that was accepted stands as `1`.
struct AIOpsLabSession {
    private let export: ConversationExport

    init(_ export: ConversationExport) { self.export = export }

    var value: JSONValue {
        let facts = export.facts
        var trace: [JSONValue] = []
        for message in export.shown {
            switch message.role {
            case .system: continue
            case .user where message.metadata["phase"] == "prompt": continue
            case .assistant: trace.append(["role": "assistant", "content": .string(Self.words(of: message))])
            case .user, .function, .tool: trace.append(["role": "env", "content": .string(message.content)])
            }
        }
        if export.messages.last(where: { $0.role == .assistant })?.metadata["action"] == "submit" {
            trace.append(["role": "env", "content": "1"])
        }
        return [
            "agent": .string(facts.agent), "session_id": .string(facts.sessionID),
            "problem_id": facts.problemID.map { .string($0) } ?? .null,
            "start_time": Self.seconds(facts.startedAt?.microseconds),
            "end_time": Self.seconds(facts.endedAt?.microseconds),
            "trace": .array(trace), "results": results,
        ]
    }

    /// The one place that holds whatever was measured; replies that were lost, perhaps billed, stand in no trace.
    private var results: JSONValue {
        let totals = export.totals
        var results = export.facts.results.objectValue ?? [:]
        if totals.lostCalls > 0 {
            results["lost_calls"] = .integer(Int64(totals.lostCalls))
            results["lost_tokens_at_most"] = .integer(totals.lostTokens)
        }
        return .object(results)
    }

    /// A native call is written as its agents write one, in a code block.
    private static func words(of message: ConversationMessage) -> String {
        let blocks = message.toolCalls.map { call in
            let arguments = call.argumentMap.map { "\($0.key)=\(literal($0.value))" }
            return "```\n\(call.name)(\(arguments.joined(separator: ", ")))\n```"
        }
        return ((message.content.isEmpty ? [] : [message.content]) + blocks).joined(separator: "\n")
    }

    /// As in Python; its texts and numbers are written as in JSON.
    private static func literal(_ value: JSONValue) -> String {
        switch value {
        case .null: "None"
        case .bool(let isTrue): isTrue ? "True" : "False"
        case .integer, .number, .string: value.text
        case .array(let elements): "[\(elements.map(literal).joined(separator: ", "))]"
        case .object(let object):
            "{\(object.map { "\(JSONValue.string($0.key).text): \(literal($0.value))" }.joined(separator: ", "))}"
        }
    }

    private static func seconds(_ microseconds: Int64?) -> JSONValue {
        guard let microseconds, microseconds >= 0 else { return .null }
        let (whole, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let digits = String(rest)
        return .number("\(whole).\(String(repeating: "0", count: 6 - digits.count))\(digits)")
    }
}
