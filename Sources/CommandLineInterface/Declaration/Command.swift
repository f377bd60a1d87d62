/// One command of the declared tree.
///
/// Options are also accepted by every command below; `CommandTree.problems` says what a sound tree looks like.
package struct Command: Sendable {
    package typealias Action = @Sendable (ParsedArguments) async throws -> Int32

    package var name: String
    /// One line without a full stop.
    package var summary: String
    /// Paragraphs for the command's own help; lines are wrapped, empty lines separate paragraphs.
    package var discussion: String
    package var options: [Option]
    package var arguments: [Argument]
    package var subcommands: [Command]
    /// Gives the exit code; nil for a command that only groups others.
    package var run: Action?

    package init(
        name: String, summary: String, discussion: String = "", options: [Option] = [], arguments: [Argument] = [],
        subcommands: [Command] = [], run: Action? = nil
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.options = options
        self.arguments = arguments
        self.subcommands = subcommands
        self.run = run
    }
}
