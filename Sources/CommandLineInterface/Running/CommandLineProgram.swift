/// A declared tree that can be run.
///
/// Adds `completion bash` to the root's commands; `help`, `--help` and `--version` are built in.
package struct CommandLineProgram: Sendable {
    private let root: Command
    private let version: String
    private let console: any Console

    package init(root: Command, version: String, console: any Console = StandardConsole()) {
        var root = root
        if !root.subcommands.isEmpty {
            root.subcommands.append(Self.completion(of: root, console))
        }
        self.root = root
        self.version = version
        self.console = console
    }

    /// Reads a command line without running anything; `arguments` lack the program's name.
    package func parse(_ arguments: [String]) throws(UsageError) -> Invocation {
        try CommandParser.parse(arguments, root: root)
    }

    /// Runs a command line to its exit code.
    ///
    /// 64 for usage errors, 1 for an action that threw, otherwise what the action returned.
    package func run(_ arguments: [String]) async -> Int32 {
        do {
            switch try parse(arguments) {
            case .help(let path):
                console.write(HelpText.render(path))
                return 0
            case .version:
                console.write("\(root.name) \(version)\n")
                return 0
            case .run(let command, let parsed):
                do {
                    return try await command.run?(parsed) ?? 0
                } catch var error as UsageError {
                    error.commandPath = parsed.commandPath
                    throw error
                }
            }
        } catch let error as UsageError {
            let command = ([root.name] + error.commandPath).joined(separator: " ")
            console.writeError("error: \(error.message)\nRun '\(command) --help' for help.\n")
            return UsageError.exitCode
        } catch {
            console.writeError("error: \(error)\n")
            return 1
        }
    }

    private static func completion(of root: Command, _ console: any Console) -> Command {
        let shells = ["bash"]
        let shell = Argument("shell", summary: "The shell to complete in", choices: shells)
        var command = Command(
            name: "completion", summary: "Print a completion script for a shell: \(shells.joined(separator: ", "))",
            arguments: [shell])
        var tree = root
        tree.subcommands.append(command)
        let script = BashCompletion.script(for: tree)
        command.run = { _ in
            console.write(script)
            return 0
        }
        return command
    }
}
