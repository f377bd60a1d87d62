import CommandLineInterface
import Testing

struct CommandParserTests {
    private let program = CommandLineProgram(root: SampleTree.root, version: "1.2.3", console: RecordingConsole())

    private func parse(_ line: String) throws -> ParsedArguments {
        let invocation = try program.parse(line.split(separator: " ").map(String.init))
        guard case .run(_, let arguments) = invocation else {
            throw UsageError("not a run: \(invocation)")
        }
        return arguments
    }

    @Test func readsEveryFormOfAnOption() throws {
        for line in [
            "task create a --problem p -n x -l a=1 --label b=2 -vd -ojson",
            "--namespace=x -v task create --problem=p --label=a=1 -lb=2 a --dry-run -o=json",
            "-nx task create -dv --label a=1 -l b=2 -o json --problem p -- a",
        ] {
            let arguments = try parse(line)
            #expect(arguments.commandPath == ["task", "create"])
            #expect(arguments.value("namespace") == "x")
            #expect(arguments.values("label") == ["a=1", "b=2"])
            #expect(arguments.value("output") == "json")
            #expect(arguments.flag("verbose") && arguments.flag("dry-run"))
            #expect(arguments.argument("name") == "a")
        }
    }

    @Test(arguments: [("operator", 30), ("operator --grace 2.5", 2.5), ("operator --grace=60", 60)])
    func secondsAreReadWithTheLine(line: String, seconds: Double) throws {
        #expect(try parse(line).seconds("grace") == seconds)
    }

    @Test func defaultsAndAbsence() throws {
        let arguments = try parse("task create a b --problem -p -- --d")
        #expect(arguments.value("namespace") == "default")
        #expect(arguments.values("output") == ["yaml"])
        #expect(arguments.value("problem") == "-p")
        #expect(arguments.value("steps") == nil)
        #expect(!arguments.flag("verbose"))
        #expect(arguments.arguments("more") == ["b", "--d"])
        #expect(try arguments.integer("steps") == nil)
        #expect(try parse("task create a --problem= --steps 7").value("problem") == "")
    }

    @Test(arguments: [
        ("", "sample-tool needs a command: task, operator, completion"), ("task", "task needs a command: create, list"),
        ("tsak", "unknown command \"tsak\", did you mean \"task\"?"),
        ("oper", "unknown command \"oper\", did you mean \"operator\"?"), ("zzz", "unknown command \"zzz\""),
        ("task crate", "unknown command \"crate\", did you mean \"create\"?"),
        ("task list --namespac x", "unknown option \"--namespac\", did you mean \"--namespace\"?"),
        ("task list -x", "unknown option \"-x\""), ("task list --output json", "unknown option \"--output\""),
        ("task list a", "unexpected argument \"a\""),
        ("task create --problem p", "<name> is missing"), ("task create a", "--problem <id> is required"),
        ("task create a --problem", "--problem needs a value <id>"),
        ("task create a --problem --dry-run", "--problem needs a value; write --problem=--dry-run if --dry-run is one"),
        ("task create a --problem p --dry-run=yes", "--dry-run takes no value"),
        ("task create a --problem p --problem q", "--problem is given twice"),
        ("task create a --problem p -o jsom", "-o must be one of yaml, json, not \"jsom\", did you mean \"json\"?"),
        ("completion zsh", "<shell> must be bash, not \"zsh\""),
        ("-- task", "unknown command \"task\""), ("help tasks", "unknown command \"tasks\", did you mean \"task\"?"),
        ("--=x", "unknown option \"--\""),
        ("operator --grace -3", "--grace takes seconds, at least 0.001 and at most 60, not \"-3\""),
        ("operator --grace=0", "--grace takes seconds, at least 0.001 and at most 60, not \"0\""),
        ("operator --grace 0.0001", "--grace takes seconds, at least 0.001 and at most 60, not \"0.0001\""),
        ("operator --grace 61", "--grace takes seconds, at least 0.001 and at most 60, not \"61\""),
        ("operator --grace nan", "--grace takes seconds, at least 0.001 and at most 60, not \"nan\""),
    ])
    func refuses(line: String, message: String) {
        let error = #expect(throws: UsageError.self) { try parse(line) }
        #expect(error?.message.hasPrefix(message) == true)
    }

    @Test func helpAndVersionWinOverProblems() throws {
        for (line, name) in [
            ("--help", "sample-tool"), ("-h", "sample-tool"), ("help", "sample-tool"), ("help task create", "create"),
            ("task help create", "create"), ("task create --help", "create"), ("task -h", "task"),
        ] {
            guard case .help(let path) = try program.parse(line.split(separator: " ").map(String.init)) else {
                Issue.record("\(line) is no help")
                continue
            }
            #expect(path.last?.name == name)
        }
        guard case .version = try program.parse(["--version"]) else {
            Issue.record("no version")
            return
        }
    }
}
