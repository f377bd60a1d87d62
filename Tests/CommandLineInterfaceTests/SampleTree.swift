import CommandLineInterface
import Synchronization

/// Remembers what was printed.
final class RecordingConsole: Console {
    private let output = Mutex("")
    private let errors = Mutex("")

    var text: String { output.withLock { $0 } }
    var errorText: String { errors.withLock { $0 } }

    func write(_ text: String) { output.withLock { $0 += text } }
    func writeError(_ text: String) { errors.withLock { $0 += text } }
}

enum SampleTree {
    struct Refusal: Error, CustomStringConvertible {
        var description: String { "the cluster said no" }
    }

    static let root = Command(
        name: "sample-tool", summary: "Run agents against real systems",
        options: [
            .value("namespace", short: "n", "name", summary: "Namespace to work in", default: "default"),
            .flag("verbose", short: "v", summary: "Say more"),
        ],
        subcommands: [
            Command(
                name: "task", summary: "Work with tasks",
                subcommands: [
                    Command(
                        name: "create", summary: "Create a task",
                        discussion:
                            "Creates a task and waits until the server has accepted it, which takes a moment when the pool is cold.\n\nThe name must be free.",
                        options: [
                            .value("label", short: "l", "key=value", summary: "Label to set", isRepeatable: true),
                            .value(
                                "output", short: "o", "format", summary: "How to print the result", default: "yaml",
                                choices: ["yaml", "json"]),
                            .value("problem", "id", summary: "Problem to solve", isRequired: true),
                            .value(
                                "steps", "count",
                                summary:
                                    "Most steps the agent may take before it is stopped and judged by what it has done so far"
                            ),
                            .flag("dry-run", short: "d", summary: "Change nothing"),
                        ],
                        arguments: [
                            Argument("name", summary: "Name of the task"),
                            Argument("more", summary: "Further names", isRequired: false, isRepeatable: true),
                        ],
                        run: { arguments in
                            if arguments.argument("name") == "refused" { throw Refusal() }
                            return arguments.flag("dry-run")
                                ? 3 : Int32(try arguments.integer("steps", in: 0...100) ?? 0)
                        }),
                    Command(name: "list", summary: "List tasks", run: { _ in 0 }),
                ]),
            Command(
                name: "operator", summary: "Run the operator",
                options: [.seconds("grace", summary: "Time to stop in", default: "30", atMost: 60)], run: { _ in 0 }),
        ])
}
