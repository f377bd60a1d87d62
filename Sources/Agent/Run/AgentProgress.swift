import Conversations

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
        case finished(Submission)
    }

    private(set) var next = Next.open
    private(set) var steps = 0
    private(set) var formatErrors = 0
    private(set) var formatErrorsInARow = 0

    private let kind: AgentTask.Kind
    private let style: ToolStyle
    private let blocks: ActionParser
    private let calls: NativeCallReader

    /// Knows the actions of these names, and `submit`.
    init(kind: AgentTask.Kind, style: ToolStyle, names: [String]) {
        self.kind = kind
        self.style = style
        blocks = ActionParser(names: names)
        calls = NativeCallReader(names: names)
    }

    mutating func take(_ message: ConversationMessage) {
        guard message.role == .assistant else {
            next = .ask
            return
        }
        next = reading(message)
        if case .reject = next {
            formatErrors += 1
            formatErrorsInARow += 1
        } else {
            steps += 1
            formatErrorsInARow = 0
        }
    }

    /// What a reply asks for.
    func reading(_ reply: ConversationMessage) -> Next {
        do throws(FormatError) {
            let action =
                switch style {
                case .codeBlock: try blocks.parse(reply.content)
                case .native: try calls.read(reply.toolCalls)
                }
            return action.name == "submit" ? .finished(try Submission(action, kind: kind)) : .act(action)
        } catch {
            return .reject(error)
        }
    }
}
