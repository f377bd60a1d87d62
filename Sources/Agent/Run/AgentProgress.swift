import Conversations
import JSON

/// Where a run stands, as a pure function of its recorded messages.
///
/// Invariant: a run that goes on and a run that is taken up from the record hold the same progress, because both get it
/// here, message by message, and from nowhere else.
struct AgentProgress {
    enum Next: Hashable {
        /// Nothing is recorded yet.
        case open
        /// The model is to be asked.
        case ask
        case act(AgentAction)
        case reject(FormatError)
        /// It will not go on, and is not asked again.
        case declined(Refusal)
        case finished(Submission)
    }

    private(set) var next = Next.open
    private(set) var steps = 0
    private(set) var formatErrors = 0
    private(set) var formatErrorsInARow = 0
    /// Of these, the last ones that were cut off or far too long.
    private(set) var cutInARow = 0
    private(set) var emptyInARow = 0
    private(set) var lastError: FormatError?

    private let kind: AgentTask.Kind
    private let style: ToolStyle
    private let blocks: ActionParser
    private let calls: NativeCallReader
    private let replyTokens: Int

    /// Knows the actions of these names, and `submit`; a reply has at most `replyTokens`.
    init(kind: AgentTask.Kind, style: ToolStyle, names: [String], replyTokens: Int) {
        self.kind = kind
        self.style = style
        self.replyTokens = replyTokens
        blocks = ActionParser(names: names)
        calls = NativeCallReader(names: names)
    }

    mutating func take(_ message: ConversationMessage) {
        guard message.role == .assistant else {
            next = .ask
            return
        }
        next = reading(message)
        switch next {
        case .reject(let error):
            formatErrors += 1
            formatErrorsInARow += 1
            cutInARow = error.isCut ? cutInARow + 1 : 0
            emptyInARow = error.reason == .empty ? emptyInARow + 1 : 0
            lastError = error
        case .declined: break
        case .open, .ask, .act, .finished:
            steps += 1
            (formatErrorsInARow, cutInARow, emptyInARow) = (0, 0, 0)
        }
    }

    /// What a reply asks for.
    func reading(_ reply: ConversationMessage) -> Next {
        if let refusal = Refusal(reply) { return .declined(refusal) }
        do throws(FormatError) {
            let action =
                switch style {
                case .codeBlock: try blocks.parse(reply.content)
                case .native: try calls.read(reply.toolCalls)
                }
            return action.name == "submit" ? .finished(try Submission(action, kind: kind)) : .act(action)
        } catch {
            return .reject(whole(error, reply))
        }
    }

    /// What a reply that was cut off lacks is not what is wrong with it.
    private func whole(_ error: FormatError, _ reply: ConversationMessage) -> FormatError {
        if reply.metadata["finish"] == "length" {
            let tokens = reply.usage.flatMap { $0.isEstimated ? nil : $0.outputTokens }
            return FormatError(.cut(tokens: tokens, limit: replyTokens))
        }
        if let truncation = reply.truncation, style == .codeBlock || reply.toolCalls.isEmpty {
            return FormatError(.endless(bytes: truncation.originalBytes))
        }
        let isEmpty = reply.toolCalls.isEmpty && reply.content.allSatisfy(\.isWhitespace)
        return isEmpty ? FormatError(.empty) : error
    }

    /// What a run that ends for this reason is told to have ended by, where its replies did.
    func detail(of reason: AgentOutcome.StopReason) -> String? {
        switch reason {
        case .refused: if case .declined(let refusal) = next { refusal.description } else { nil }
        case .cutReplies: lastError?.ending(cutInARow)
        case .emptyReplies: lastError?.ending(emptyInARow)
        case .formatErrors: lastError?.ending(formatErrorsInARow)
        case .submitted, .stepLimit, .deadline, .tokenBudget, .costBudget, .poolBudget, .asked: nil
        }
    }
}
