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
        /// The reply ended at a limit of tokens, after so many where its provider has said it.
        case cut(tokens: Int64?, limit: Int)
        /// More was said than the record keeps of a reply, and what is kept holds no action.
        case endless(bytes: Int)
        case empty
    }

    package var reason: Reason

    package init(_ reason: Reason) { self.reason = reason }

    /// What was wrong; how a good reply looks is told by the prompts, which know what the agent may call.
    package var description: String {
        switch reason {
        case .noBlock: Self.told("no code block with an action was found")
        case .noToolCall: Self.told("no tool was called")
        case .unclosedBlock: Self.told("the code block is not closed by three backticks")
        case .severalBlocks(let count): Self.told("\(count) code blocks were found, there must be exactly one")
        case .noCall: Self.told("no API call was found in the code block")
        case .unknownAction(let name): Self.told("there is no action named \(name)")
        case .unquotedCommand: Self.told("the command of exec_shell must be one quoted string")
        case .arguments(let problem): Self.told("the arguments cannot be read: \(problem)")
        case .submission(let problem): Self.told(problem)
        case .tooLong(let limit): Self.told("the arguments are longer than \(limit) bytes")
        case .cut(let tokens, let limit):
            "Your reply was cut off \(Self.place(tokens, limit)), before it held a whole action. Nothing was run. "
                + "Answer much shorter, so that the call is whole before the room is used up."
        case .endless(let bytes):
            "Your reply was far too long (\(bytes) bytes), and no whole action was found at its beginning. Nothing was run. "
                + "Answer much shorter."
        case .empty: "Your reply was empty: it held neither words nor a call. Nothing was run."
        }
    }

    private static func told(_ problem: String) -> String { "Format error: \(problem). Nothing was run." }

    /// A server whose window is full ends a reply as well, before the limit.
    private static func place(_ tokens: Int64?, _ limit: Int) -> String {
        guard let tokens, tokens < limit else { return "at its limit of \(limit) tokens (maxTokens)" }
        return "after \(tokens) tokens, below its limit of \(limit) (maxTokens)"
    }

    /// It ended before it was whole, as far as we read it.
    var isCut: Bool {
        switch reason {
        case .cut, .endless: true
        case .noBlock, .noToolCall, .unclosedBlock, .severalBlocks, .noCall, .unknownAction, .unquotedCommand,
            .arguments, .submission, .tooLong, .empty:
            false
        }
    }

    /// How a run ended whose last `count` replies were such as this one, for whoever looks after the task.
    func ending(_ count: Int) -> String {
        switch reason {
        case .cut(let tokens, let limit):
            let isBelow = tokens.map { $0 < limit } ?? false
            let advice =
                isBelow ? "the window of the model's server is too small" : "raise spec.agent.model.maxTokens"
            return "\(count) replies in a row were cut off before they held a whole action, the last one "
                + "\(Self.place(tokens, limit)): \(advice)"
        case .endless(let bytes):
            return "\(count) replies in a row were too long to be read, the last one of \(bytes) bytes: "
                + "lower spec.agent.model.maxTokens, or use another model"
        case .empty: return "\(count) empty replies in a row: the model said nothing and called nothing"
        case .noBlock, .noToolCall, .unclosedBlock, .severalBlocks, .noCall, .unknownAction, .unquotedCommand,
            .arguments, .submission, .tooLong:
            return "too many of its replies in a row (\(count)) could not be read; it was told of the last one: "
                + "\(description)"
        }
    }
}
