import LanguageModels

/// The words an agent starts with.
///
/// They say what the task is and how to answer, never which problem it is.
package struct PromptBuilder: Sendable {
    let task: AgentTask
    let strategy: Strategy
    let tools: [ToolDescription]
    private let maxSteps: Int
    package var style: ToolStyle

    package init(
        task: AgentTask, strategy: Strategy, tools: [ToolDescription], maxSteps: Int, style: ToolStyle = .codeBlock
    ) {
        self.task = task
        self.strategy = strategy
        self.tools = strategy == .shell ? tools.filter(\.isShell) : tools
        self.maxSteps = maxSteps
        self.style = style
    }

    /// The tools that this strategy offers.
    package var offered: [ToolDescription] { tools }

    /// Role, tools and the form of a reply; tools that are offered natively are not described twice.
    package var system: String {
        let role = "You are an expert DevOps engineer who has been asked to \(verb) in a running service."
        switch style {
        case .codeBlock: return [role, toolBlock, form].joined(separator: "\n\n")
        case .native: return [role, nativeForm].joined(separator: "\n\n")
        }
    }

    /// The service and the task.
    package var opening: String {
        var lines = [
            "Service: \(task.application)", "\(Briefing.namespaceLabel) \(task.namespace)",
            "Description: \(task.description)",
        ]
        if !task.operations.isEmpty {
            lines.append("Supported operations:")
            lines += task.operations.map { "- \($0)" }
        }
        return """
            \(lines.joined(separator: "\n"))

            \(Briefing.taskTypeLabel) \(task.kind.rawValue)
            \(assignment)

            You have at most \(maxSteps) actions. \(Self.nextAction)
            """
    }

    static let nextAction = "Please take the next action."

    private var verb: String {
        switch task.kind {
        case .detection: "detect anomalies"
        case .localization: "localize faults"
        case .analysis: "find the root cause of faults"
        case .mitigation: "mitigate anomalies"
        }
    }

    private var assignment: String {
        switch task.kind {
        case .detection:
            "Find out whether there is an anomaly in this service, and submit Yes or No."
        case .localization:
            "Find out which components are faulty, if any, and submit their names as a list: the names of the Kubernetes "
                + "services concerned. The list is empty if nothing is faulty."
        case .analysis:
            """
            Find out on which level of the system the fault lies and of which type it is, and submit both.
            system_level is one of: \(Submission.systemLevels.joined(separator: ", ")).
            fault_type is one of: \(Submission.faultTypes.joined(separator: ", ")).
            """
        case .mitigation:
            "Find what is wrong with this service and set it right. Submit when the service works again. "
                + "Submitting does not mean success: the state of the service is examined then."
        }
    }

    private var toolBlock: String {
        let blocks = tools.map { "\($0.signature)\n\(indented($0.documentation))" } + [submitBlock]
        return "You can call:\n\n" + blocks.joined(separator: "\n\n")
    }

    private var submitBlock: String {
        let submit = SubmitDescription(task.kind)
        let examples = "For example " + submit.examples.joined(separator: " or ")
        return "\(submit.signature)\n\(indented(submit.documentation))\n\(indented(examples))"
    }

    /// Calls that this agent may make; never of a tool that it has not.
    private var examples: [String] {
        let ofTools = tools.sorted { $0.isShell && !$1.isShell }.flatMap(\.examples)
        return ofTools.isEmpty ? SubmitDescription(task.kind).examples : ofTools
    }

    /// How a good reply looks, for an agent whose reply could not be read.
    var reminder: String {
        if style == .native { return nativeReminder }
        let blocks = examples.prefix(2).map { "```\n\($0)\n```" }.joined(separator: "\n\nor\n\n")
        let names = (tools.map(\.name) + ["submit"]).joined(separator: ", ")
        return """
            You can call \(names). A good reply ends with one code block that holds one call, for example

            \(blocks)
            """
    }

    private var form: String {
        let thought =
            strategy == .react
            ? "Thought: <what you know, what you conclude, what you need next>\n\nAction:\n" : "Action:\n"
        let lead =
            strategy == .react
            ? "Think step by step. Each reply is one thought and exactly one action, the call in a code block:"
            : "Each reply is exactly one action, the call in a code block:"
        return """
            \(lead)

            \(thought)```
            \(examples.first ?? "submit()")
            ```

            Write nothing behind the code block. \(afterwards)
            """
    }

    var afterwards: String {
        guard !tools.isEmpty else { return "There is nothing to call but submit, which ends the task." }
        let turns = "You will be given the outcome of the call, then it is your turn again."
        guard tools.contains(where: \.isShell) else { return turns }
        return """
            \(turns)
            Commands must \(style == .codeBlock ? "be one quoted string and must " : "")not wait for input; kubectl edit, \
            kubectl port-forward and following logs do not work here. The shell keeps no state between calls.
            """
    }

    private func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }.joined(separator: "\n")
    }
}
