/// Why the reply of an agent is not one action.
///
/// Told back to the agent and counted apart from steps.
package struct FormatError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Reason: Sendable, Hashable {
        case noBlock
        case noToolCall
        case unclosedBlock
        case severalBlocks(Int)
        case noCall
        case unknownAction(String)
        case unquotedCommand
        case arguments(String)
        case submission(String)
        case tooLong(limit: Int)
    }

    package var reason: Reason

    package init(_ reason: Reason) { self.reason = reason }

    /// What was wrong; how a good reply looks is told by the prompts, which know what the agent may call.
    package var description: String {
        let problem =
            switch reason {
            case .noBlock: "no code block with an action was found"
            case .noToolCall: "no tool was called"
            case .unclosedBlock: "the code block is not closed by three backticks"
            case .severalBlocks(let count): "\(count) code blocks were found, there must be exactly one"
            case .noCall: "no API call was found in the code block"
            case .unknownAction(let name): "there is no action named \(name)"
            case .unquotedCommand: "the command of exec_shell must be one quoted string"
            case .arguments(let problem): "the arguments cannot be read: \(problem)"
            case .submission(let problem): problem
            case .tooLong(let limit): "the arguments are longer than \(limit) bytes"
            }
        return "Format error: \(problem). Nothing was run."
    }
}
