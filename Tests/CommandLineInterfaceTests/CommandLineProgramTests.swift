import CommandLineInterface
import Testing

struct CommandLineProgramTests {
    private func run(_ line: String) async -> (code: Int32, output: String, errors: String) {
        let console = RecordingConsole()
        let program = CommandLineProgram(root: SampleTree.root, version: "1.2.3", console: console)
        let code = await program.run(line.split(separator: " ").map(String.init))
        return (code, console.text, console.errorText)
    }

    @Test(
        arguments: [
            ("task list", 0, "", ""), ("--version", 0, "sample-tool 1.2.3\n", ""),
            ("task create a --problem p -d", 3, "", ""), ("task create a --problem p --steps 9", 9, "", ""),
            (
                "task create a --problem p --steps 101", 64, "",
                "error: --steps must be from 0 to 100\nRun 'sample-tool task create --help' for help.\n"
            ),
            (
                "task create a --problem p --steps 1x", 64, "",
                "error: --steps needs a whole number, not \"1x\"\nRun 'sample-tool task create --help' for help.\n"
            ),
            (
                "task creat", 64, "",
                "error: unknown command \"creat\", did you mean \"create\"?\nRun 'sample-tool task --help' for help.\n"
            ),
            (
                "tsk", 64, "",
                "error: unknown command \"tsk\", did you mean \"task\"?\nRun 'sample-tool --help' for help.\n"
            ),
            (
                "completion", 64, "",
                "error: <shell> is missing: bash\nRun 'sample-tool completion --help' for help.\n"
            ),
            ("task create refused --problem p", 1, "", "error: the cluster said no\n"),
        ] as [(String, Int32, String, String)])
    func exitCodes(line: String, code: Int32, output: String, errors: String) async {
        let result = await run(line)
        #expect(result == (code, output, errors))
    }

    @Test func helpIsWrapped() async {
        let help = await run("task create --help").output
        #expect(
            help == """
                Create a task

                Usage: sample-tool task create --problem <id> [options] <name> [<more>...]

                Creates a task and waits until the server has accepted it, which takes a moment
                when the pool is cold.

                The name must be free.

                Arguments:
                  <name>  Name of the task
                  <more>  Further names

                Options:
                  -l, --label <key=value>  Label to set (may be repeated)
                  -o, --output <format>    How to print the result [yaml, json] (default: yaml)
                      --problem <id>       Problem to solve (required)
                      --steps <count>      Most steps the agent may take before it is stopped
                                           and judged by what it has done so far
                  -d, --dry-run            Change nothing
                  -h, --help               Show help

                Options of all commands:
                  -n, --namespace <name>  Namespace to work in (default: default)
                  -v, --verbose           Say more

                """)
        #expect(help.split(separator: "\n").allSatisfy { $0.count <= 80 })
        let rootHelp = await run("help").output
        #expect(rootHelp.contains("Commands:\n  task        Work with tasks\n  operator    Run the operator\n"))
        #expect(rootHelp.contains("Usage: sample-tool [options] <command>\n"))
        #expect(rootHelp.contains("completion  Print a completion script for a shell: bash\n"))
        #expect(rootHelp.contains("      --version           Print the version\n"))
        #expect(!help.contains("--version"))
    }

    @Test func completionKnowsTheTree() async {
        let script = await run("completion bash").output
        #expect(script.contains("complete -o default -F _sample_tool sample-tool\n"))
        #expect(script.contains("/task|/task/create|/task/list|/operator|/completion)"))
        #expect(
            script.contains(
                #""/task/create") words="--namespace --verbose --label --output --problem --steps --dry-run --help" ;;"#
            ))
        #expect(
            script.contains(
                #""/task/create --output"|"/task/create -o") mapfile -t COMPREPLY < <(compgen -W "yaml json" -- "$current"); return ;;"#
            ))
        #expect(script.contains(#""") words="task operator completion --namespace --verbose --help --version" ;;"#))
        #expect(script.contains(#""/completion") words="bash --namespace --verbose --help" ;;"#))
    }

    @Test func soundTreesHaveNoProblems() {
        #expect(CommandTree.problems(in: SampleTree.root) == [])
    }

    @Test func defectsOfATreeAreFound() {
        let run: Command.Action = { _ in 0 }
        let root = Command(
            name: "Tool", summary: "Does things.", options: [.flag("a", short: "x", summary: "A")],
            arguments: [Argument("file", summary: "F")],
            subcommands: [
                Command(
                    name: "one", summary: "One",
                    options: [
                        .flag("a", summary: "A"), .flag("b", short: "x", summary: "B."),
                        .flag("help", summary: "Own help"),
                    ]),
                Command(
                    name: "one", summary: "One",
                    options: [.value("c", "v", summary: "C", default: "q", choices: ["p", "$(rm)"], isRequired: true)],
                    arguments: [
                        Argument("some", summary: "S", isRequired: false, isRepeatable: true),
                        Argument("last", summary: "L"), Argument("last", summary: "L"),
                    ], run: run),
            ])
        #expect(
            CommandTree.problems(in: root) == [
                "Tool: bad command name", "Tool: summary must be one line without a full stop",
                "Tool: arguments and subcommands cannot be told apart", "Tool: subcommand one comes twice",
                "Tool one: nothing to run", "Tool one: option --a comes twice", "Tool one: option -x comes twice",
                "Tool one: summary of --b must be one line without a full stop", "Tool one: option --help is reserved",
                "Tool one: argument last comes twice", "Tool one: argument some takes all, yet last follows",
                "Tool one: required argument last follows an optional one",
                "Tool one: option --c is required and has a default",
                "Tool one: the default of --c is not among its choices", "Tool one: bad choices of --c",
            ])
    }
}
