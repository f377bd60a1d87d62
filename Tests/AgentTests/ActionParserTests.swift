import Agent
import JSON
import Testing

private let parser = ActionParser(names: ["exec_shell", "get_logs", "get_metrics"])

private func block(_ text: String) -> String { "Thought: x\nAction:\n```\n\(text)\n```" }

private func parse(_ reply: String) -> Result<AgentAction, FormatError> {
    do { return .success(try parser.parse(reply)) } catch { return .failure(error) }
}

struct ActionParserTests {
    @Test(
        arguments: [
            // Fences
            ("```\nexec_shell(\"ls\")\n```", "ls"),
            ("```python\nexec_shell(\"ls\")\n```", "ls"),
            ("```bash\n\n\n  exec_shell(\"ls\")  \n\n```\n", "ls"),
            ("```exec_shell(\"ls\")```", "ls"),
            ("text before\r\n```\r\nexec_shell(\"ls\")\r\n```\r\ntext behind", "ls"),
            // Quotes
            (block("exec_shell('ls')"), "ls"),
            (block("exec_shell(command=\"ls\")"), "ls"),
            (block("exec_shell(command = 'ls', timeout=10)"), "ls"),
            (block("exec_shell(\"ls\", 10)"), "ls"),
            (block("exec_shell(\"\"\"ls\n-l\"\"\")"), "ls\n-l"),
            (block("exec_shell('''echo \"a\" 'b' ''')"), "echo \"a\" 'b' "),
            (block(#"exec_shell("echo \"a\"")"#), "echo \"a\""),
            (block(#"exec_shell('it\'s')"#), "it's"),
            (block(#"exec_shell("printf 'a\n'")"#), "printf 'a\n'"),
            (block(#"exec_shell("a\\nb")"#), #"a\nb"#),
            (block(#"exec_shell("sed 's/\./x/'")"#), #"sed 's/\./x/'"#),
            (
                block(#"exec_shell("kubectl get po -o jsonpath='{.items[*].metadata.name}{"\n"}'")"#),
                #"kubectl get po -o jsonpath='{.items[*].metadata.name}{"\n"}'"#
            ),
            (block(#"exec_shell("f() { (echo ')'); }; f")"#), "f() { (echo ')'); }; f"),
            (block("exec_shell(\"ls\")  # look"), "ls"),
            (block("exec_shell(\"ls\");"), "ls"),
            (block("exec_shell(\"echo 日本 👩‍👩‍👧\")"), "echo 日本 👩‍👩‍👧"),
        ])
    func commandsAreTakenAsMeant(reply: String, command: String) {
        let action = try? parse(reply).get()
        #expect(action?.name == "exec_shell" && action?.string("command", at: 0) == command)
    }

    /// As in Python, but for what only the program that the shell calls can read.
    @Test(
        arguments: [
            (#"ls\n"#, "ls\n"), (#"ls\r\n"#, "ls\r\n"), (#"a\tb"#, "a\tb"), (#"a\\b"#, #"a\b"#), (#"a\\nb"#, #"a\nb"#),
            (#"it\'s \"x\""#, #"it's "x""#), (#"cd /tmp\nls -l\n"#, "cd /tmp\nls -l\n"), ("raw\nline", "raw\nline"),
            (#"ls \d \. \$HOME"#, #"ls \d \. \$HOME"#), (#"ls \\"#, #"ls \"#), ("a \\\n b", "a \\\n b"),
            (#"cat <<EOF > f\ndon't\tstop\nEOF\n"#, "cat <<EOF > f\ndon't\tstop\nEOF\n"),
            (
                #"kubectl apply -f - <<'EOF'\na: \"b\"\nc: 'd\n'\nEOF"#,
                "kubectl apply -f - <<'EOF'\na: \"b\"\nc: 'd\n'\nEOF"
            ),
            (#"python3 -c 'import os\nprint(1)' "#, "python3 -c 'import os\nprint(1)' "),
            (#"kubectl patch d x -p '{\n\"a\": 1}' "#, "kubectl patch d x -p '{\n\"a\": 1}' "),
            (#"echo 'a,b' | tr ',' '\n' "#, "echo 'a,b' | tr ',' '\n' "),
            (#"printf \"a\nb\""#, "printf \"a\nb\""), (#"echo \"don't\n\""#, "echo \"don't\n\""),
            // A line break is an error there, its escape is not.
            (
                #"kubectl get po -o jsonpath='{range .items[*]}{.metadata.name}{\"\n\"}{end}' "#,
                #"kubectl get po -o jsonpath='{range .items[*]}{.metadata.name}{"\n"}{end}' "#
            ),
            (
                #"kubectl get po -o jsonpath=\"{.items[*].metadata.name}{'\n'}\"\n"#,
                #"kubectl get po -o jsonpath="{.items[*].metadata.name}{'\n'}""# + "\n"
            ),
            (
                #"kubectl get po -o go-template='{{.x}}{{\"\t\"}}' "#,
                #"kubectl get po -o go-template='{{.x}}{{"\t"}}' "#
            ),
            (#"ls | awk '{printf \"%s\n\", $1}'\necho"#, #"ls | awk '{printf "%s\n", $1}'"# + "\necho"),
            (#"awk '{print \"\\\"a\n\"}' "#, #"awk '{print "\"a\n"}' "#),
            (#"echo a,b | sed 's/,/\n/g'; echo 'c\n' "#, #"echo a,b | sed 's/,/\n/g'; echo 'c"# + "\n' "),
            (#"cat <<< 'a\n' "#, "cat <<< 'a\n' "),
        ], ["\"", "\"\"\"", "'''"])
    func escapesInCommandsAreThoseOfPython(literal: (written: String, command: String), quote: String) {
        let action = try? parse(block("exec_shell(\(quote)\(literal.written)\(quote))")).get()
        #expect(action?.string("command", at: 0) == literal.command)
    }

    /// Quotes that should have been escaped do not change what an escape means.
    @Test(arguments: [
        (#"echo "a"\n"#, "echo \"a\"\n"), (#"jq '.a + "\n"' f "x""#, #"jq '.a + "\n"' f "x""#),
    ])
    func anUnescapedQuoteChangesNoEscape(written: String, command: String) {
        let action = try? parse(block("exec_shell(\"\(written)\")")).get()
        #expect(action?.string("command", at: 0) == command)
    }

    @Test(
        arguments: [
            ("get_logs(\"ns\", \"svc\")", ["ns", "svc"], [nil, nil]),
            ("get_logs(namespace=\"ns\", service='svc')", ["ns", "svc"], ["namespace", "service"]),
            ("get_metrics('ns', duration=5,)", ["ns", 5], [nil, "duration"]),
            (
                "get_metrics(-1.5, True, None, [1, 'a', (2,)], {'k': {\"x\": false}})",
                [.number("-1.5"), true, nil, [1, "a", [2]], ["k": ["x": false]]], [nil, nil, nil, nil, nil]
            ),
            ("submit(has_anomaly=\"Yes\")", ["Yes"], ["has_anomaly"]),
            ("submit( )", [], []),
            ("submit([])", [[]], [nil]),
            (#"get_logs("a\tb\u00e9\x41\q")"#, [.string("a\tbéA\\q")], [nil]),
        ] as [(String, [JSONValue], [String?])])
    func literalsAndLabels(call: String, values: [JSONValue], labels: [String?]) {
        let action = try? parse(block(call)).get()
        #expect(action?.arguments.map(\.value) == values && action?.arguments.map(\.label) == labels)
    }

    @Test(
        arguments: [
            ("no block", .noBlock), ("", .noBlock), ("```\nexec_shell(\"ls\")", .unclosedBlock),
            ("```\nsubmit()\n```\nor\n```\nsubmit()\n```", .severalBlocks(2)),
            (block("ls -l"), .noCall), (block(""), .noCall), (block("please run exec_shell(\"ls\")"), .noCall),
            (block("rm_rf(\"/\")"), .unknownAction("rm_rf")), (block("exec_shell(ls)"), .unquotedCommand),
            (block("exec_shell()"), .unquotedCommand), (block("exec_shell(kubectl get pods)"), .unquotedCommand),
        ] as [(String, FormatError.Reason)])
    func everythingElseIsSaid(reply: String, reason: FormatError.Reason) {
        #expect(parse(reply) == .failure(FormatError(reason)))
    }

    @Test(
        arguments: [
            "get_logs(\"a\"", "get_logs(a)", "get_logs(\"a\" \"b\")", "get_logs(x=1, x=2)", "get_logs(x=1, 2)",
            "get_logs(\"a\") get_logs(\"b\")", "get_logs(1.2.3)", "get_logs({\"a\"})", "get_logs([1, 2)",
            "get_logs(" + String(repeating: "[", count: 40) + ")", "exec_shell(\"a\", b)", "exec_shell(\"a\"",
        ])
    func damagedArgumentsAreErrors(call: String) {
        guard case .failure(let error) = parse(block(call)), case .arguments = error.reason else {
            Issue.record("\(call) was taken: \(parse(block(call)))")
            return
        }
    }

    @Test func aMissingArgumentIsNotNull() {
        let action = AgentAction(name: "x", arguments: [.init("a"), .init(label: "b", 1)])
        #expect(action.value("c", at: 1) == JSONValue?.none && action.value("c", at: 0) == "a")
        #expect(action.value("b", at: 0) == 1 && action.integer("b", at: 5) == 1)
    }

    @Test func argumentsAreBounded() {
        let long = String(repeating: "a", count: 9000)
        #expect(parse(block("exec_shell(\"\(long)\")")) == .failure(FormatError(.tooLong(limit: 8192))))
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func noTextTraps(seed: UInt64) {
        var generator = SeededText(seed: seed)
        let text = generator.text(
            of: [
                "```", "\n", "exec_shell", "(", ")", "\"", "'", "\\", "submit", "[", "{", ":", ",", "=", "é", "1",
                "\"\"\"", " ",
            ])
        _ = parse(text)
    }
}
