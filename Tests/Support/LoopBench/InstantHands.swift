import Agent
import Primitives

/// A shell whose every command is over at once, with as much to read as an agent's commands have on average.
struct InstantHands: Toolbox {
    /// What the commands print.
    enum Content: String, CaseIterable {
        /// A table of pods, always the same: it compresses as well as anything an agent reads.
        case text
        /// Printable characters without any order: nothing compresses worse.
        case random
    }

    private static let table = (0..<40).map { "store-7d9c6b5f4-\($0)   1/1     Running   0          \($0)m" }
        .joined(separator: "\n")

    private let content: Content
    private let generator = Locked(SeededGenerator(seed: 1))

    init(_ content: Content) { self.content = content }

    let tools = [
        ToolDescription(
            name: "exec_shell", summary: "Runs a command.",
            parameters: [ToolParameter("command", .text, "the command to run.")], returns: "what it wrote.",
            effect: .readOnly)
    ]

    func perform(_ action: AgentAction) async throws(ToolError) -> Observation { Observation(text: text) }

    private var text: String {
        guard content == .random else { return Self.table }
        return generator.withLock { generator in
            let bytes = (0..<Self.table.utf8.count).map { _ in UInt8.random(in: 0x20...0x7E, using: &generator) }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
