import JSON
import Primitives

/// A conversation to be read: a heading, then each message under a line that says who spoke, when, and at what price.
struct PlainTranscript {
    private let export: ConversationExport

    init(_ export: ConversationExport) { self.export = export }

    var text: String { ([heading] + export.messages.map(paragraph)).joined(separator: "\n") }

    private var heading: String {
        let facts = export.facts
        var lines = ["task \(facts.task), attempt \(facts.attempt), session \(facts.sessionID)"]
        let model = [facts.provider, facts.model].compactMap(\.self).joined(separator: " ")
        lines.append("agent \(facts.agent)" + (model.isEmpty ? "" : ", model \(model)"))
        if let problem = facts.problemID { lines.append("problem \(problem)") }
        if let verdict = facts.verdict { lines.append("verdict \(verdict)") }
        return (lines + bill).joined(separator: "\n") + "\n"
    }

    /// What all of it came to, and what may come on top.
    private var bill: [String] {
        let totals = export.totals
        var lines: [String] = []
        if totals.calls > 0 {
            let cost =
                export.isSimulated ? "$0 (simulated)" : totals.costDollars.map { "$" + $0.text } ?? "cost unknown"
            lines.append(
                "\(totals.calls) calls, \(totals.usage.inputTokens) + \(totals.usage.outputTokens) tokens, \(cost)"
                    + (totals.usage.isEstimated && !export.isSimulated ? ", some of it estimated" : ""))
        }
        if totals.lostCalls > 0 {
            let cost = totals.lostDollars.map { "$" + $0.text } ?? "cost unknown"
            lines.append(
                "\(totals.lostCalls) lost replies, perhaps billed: at most \(totals.lostTokens) tokens, \(cost)")
        }
        return lines
    }

    private func paragraph(_ message: ConversationMessage) -> String {
        var head = ["#\(message.seq)", message.role.rawValue, message.timestamp.rfc3339]
        if let step = message.metadata["step"]?.integerValue { head.append("step \(step)") }
        if let name = message.functionName { head.append(name) }
        if let usage = message.usage {
            let estimated = usage.isEstimated && message.metadata["simulated"] != true ? ", estimated" : ""
            head.append("\(usage.inputTokens) + \(usage.outputTokens) tokens\(estimated)")
        }
        if let cost = message.cost { head.append("$" + cost.dollars.text) }
        if let cut = message.truncation { head.append("cut from \(cut.originalBytes) bytes") }
        return "── \(head.joined(separator: " · "))\n\(message.spoken)\n"
    }
}
