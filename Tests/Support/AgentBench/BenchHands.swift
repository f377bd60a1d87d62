import Agent
import Conversations
import Primitives

/// A shell whose every command prints the same number of bytes.
struct BenchHands: Toolbox {
    let output: String

    init(bytes: Int) {
        let line = "web-7d4b9c6f5-x2x8k   1/1   Running   0   12m   app=web,pod-template-hash=7d4b9c6f5\n"
        output = String(String(repeating: line, count: bytes / line.utf8.count + 1).prefix(bytes))
    }

    var tools: [ToolDescription] {
        [
            ToolDescription(
                name: "exec_shell", summary: "Runs a command.",
                parameters: [ToolParameter("command", .text, "the command.")], returns: "What it prints.",
                effect: .shell(argument: "command"))
        ]
    }

    func perform(_ action: AgentAction) async throws(ToolError) -> Observation { Observation(text: output) }
}

/// Keeps what the keeper of a conversation keeps of it: every flush, until it is sealed.
final class KeptJournal: ConversationJournal {
    private let flushes = Locked<[Flush]>([])

    var bytes: Int { flushes.withLock { $0.reduce(0) { $0 + $1.bytes.count } } }
    var messages: Int { flushes.withLock { $0.reduce(0) { $0 + $1.messages.count } } }

    func load() async throws(JournalError) -> [Flush] { flushes.withLock { $0 } }
    func append(_ flush: Flush) async throws(JournalError) { flushes.withLock { $0.append(flush) } }
}
