import Conversations
import LanguageModels

/// Reads the one action of a reply that came as native tool calls.
///
/// The first call is the action. Others beside it are answered and never run, whatever became of the first: what they were to
/// build upon had not been seen. A reply without a call is no action, also where its text quotes one.
struct NativeCallReader: Sendable, Hashable {
    private let names: Set<String>

    /// Knows these actions and `submit`.
    init(names: some Sequence<String>) {
        self.names = Set(names).union(["submit"])
    }

    func read(_ calls: [MessageCall]) throws(FormatError) -> AgentAction {
        guard let call = calls.first else { throw FormatError(.noToolCall) }
        guard names.contains(call.name) else { throw FormatError(.unknownAction(call.name)) }
        if call.truncation != nil { throw FormatError(.tooLong(limit: ActionParser.argumentLimit)) }
        switch ToolCall(id: call.id, name: call.name, arguments: call.arguments).reading {
        case .object(let arguments):
            return AgentAction(
                name: call.name, arguments: arguments.map { AgentAction.Argument(label: $0.key, $0.value) })
        case .malformed(let problem): throw FormatError(.arguments(problem))
        }
    }
}
