import JSON
import Testing
import YAML

struct YAMLParsingTests {
    private func parse(_ text: String, limits: YAMLLimits = .standard) throws(YAMLError) -> JSONValue {
        try YAML.parse(Array(text.utf8), limits: limits)
    }

    @Test(
        arguments: [
            ("", nil), ("~", nil), ("null", nil), ("Null", nil), ("nUll", "nUll"), ("true", true), ("FALSE", false),
            ("yes", "yes"), ("off", "off"),
            ("0", 0), ("-12", -12), ("+12", 12), ("0x1F", 31), ("0o17", 15), ("0b1", "0b1"), ("1_000", "1_000"),
            ("1.5", .number("1.5")),
            (".5", .number("0.5")), ("1.", .number("1.0")), ("-1e3", .number("-1e3")),
            ("+01.50E-2", .number("1.50E-2")),
            ("9223372036854775808", .number("9223372036854775808")), ("-9223372036854775808", .integer(.min)),
            ("1.2.3", "1.2.3"), ("12:30", "12:30"),
            ("-", "none"), (".", "."), ("0x", "0x"), ("0o8", "0o8"), ("1e", "1e"), ("+", "+"),
            ("2026-11-20", "2026-11-20"), ("10Mi", "10Mi"), ("100m", "100m"),
            ("\"12\"", "12"), ("'true'", "true"), ("\"\"", ""), ("\"a\\u00e9\\x41\\n\"", "aéA\n"), ("'it''s'", "it's"),
            ("!!str 12", "12"), ("! 12", "12"),
            ("!!int \"12\"", 12), ("!!float 1", 1), ("!!null ''", nil), ("!!bool 'true'", true), ("a b # c", "a b"),
            ("|\n  a\n   b\n", "a\n b\n"), ("|-\n  a\n", "a"), ("|+\n  a\n\n", "a\n\n"),
            (">\n  a\n  b\n\n  c\n", "a b\nc\n"), ("plain\n  folded", "plain folded"), ("\u{FEFF}a: 1", ["a": 1]),
            ("%YAML 1.2\n---\na", "a"),
        ] as [(String, JSONValue)])
    func scalars(text: String, expected: JSONValue) throws {
        guard text != "-" else {
            #expect(try parse(text) == [nil])
            return
        }
        #expect(try parse(text) == expected)
    }

    @Test func readsAManifest() throws {
        let value = try parse(
            """
            # a deployment
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: "shop"
              labels: {app: shop, tier: 'web'}
            spec:
              replicas: 2
              template:
                spec:
                  containers:
                  - name: web
                    image: nginx:1.25
                    args: [--port, "8080", -v]
                    command:
                      - sh
                      - -c
                      - |
                        set -e
                        exec web
                  volumes: []
            """)
        #expect(value["metadata"]?["labels"] == ["app": "shop", "tier": "web"])
        let container = value["spec"]?["template"]?["spec"]?["containers"]?[0]
        #expect(container?["args"] == ["--port", "8080", "-v"])
        #expect(container?["command"]?[2] == "set -e\nexec web\n")
        #expect(value.objectValue?.keys == ["apiVersion", "kind", "metadata", "spec"])
    }

    @Test func readsSeveralDocuments() throws {
        #expect(try YAML.parseAll(Array("a: 1\n---\n---\n- 2\n...\n---\nx\n".utf8)) == [["a": 1], nil, [2], "x"])
        #expect(try YAML.parseAll([]) == [])
        #expect(try YAML.parseAll(Array("# nothing\n".utf8)) == [])
        let error = #expect(throws: YAMLError.self) { try parse("a\n---\nb") }
        #expect(error?.message == "more than one document")
    }

    @Test func expandsAliases() throws {
        #expect(
            try parse("a: &x {k: [1]}\nb: *x\nc: &x 2\nd: *x\n&k e: *k") == [
                "a": ["k": [1]], "b": ["k": [1]], "c": 2, "d": 2, "e": "e",
            ])
        #expect(try parse("- &k name\n- {*k : 1}") == ["name", ["name": 1]])
    }

    @Test(arguments: [
        ("a: 1\nb: 2\na: 3\n", 3, 1, "key \"a\" comes twice"),
        ("x:\n  - {b: 1, \"b\": 2}", 2, 12, "key \"b\" comes twice"),
        ("a: *b", 1, 4, "alias \"b\" has no finished anchor"),
        ("a: &b [*b]", 1, 8, "alias \"b\" has no finished anchor"),
        ("<<: {a: 1}", 1, 1, "merge keys are not supported"), ("? [a]\n: 1", 1, 3, "a key must be a scalar"),
        ("a: .inf", 1, 4, ".inf has no JSON form"),
        ("a: -.INF", 1, 4, "-.INF has no JSON form"), ("a: .nan", 1, 4, ".nan has no JSON form"),
        ("mode: 0755", 1, 7, "0755 is octal to some and decimal to others: write 0o… or quotes"),
        ("a: 0xFFFFFFFFFFFFFFFFF", 1, 4, "0xFFFFFFFFFFFFFFFFF does not fit 64 bits"),
        ("a: !!int x", 1, 4, "tag \"tag:yaml.org,2002:int\" does not fit \"x\""),
        ("a: !!binary Zg==", 1, 4, "tag \"tag:yaml.org,2002:binary\" does not fit \"Zg==\""),
        ("a: !x [1]", 1, 4, "tag \"!x\" is not supported here"),
        ("a: [1", 2, 1, "did not find expected ',' or ']'"),
        ("a: b: c", 1, 5, "mapping values are not allowed in this context"),
        ("a:\n\t- b", 2, 1, "found character that cannot start any token"),
        ("--- a\n--- b", 2, 1, "more than one document"),
    ])
    func refuses(text: String, line: Int, column: Int, message: String) {
        let error = #expect(throws: YAMLError.self) { try parse(text) }
        #expect(error.map { "\($0)" } == "\(message) at line \(line), column \(column)")
    }

    @Test(
        arguments: [[0xFF], [0x61, 0x3A, 0x20, 0xC3], [0x00], [0x22, 0x01, 0x22], [0xFF, 0xFE, 0x61, 0x00], [0x7F]]
            as [[UInt8]])
    func refusesWhatIsNotText(bytes: [UInt8]) {
        #expect(throws: YAMLError.self) { try YAML.parse(bytes) }
    }

    @Test func depthIsBounded() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try parse(nested(128))
        for depth in [129, 1_000, 100_000] {
            #expect(throws: YAMLError.self) { try parse(nested(depth)) }
        }
        #expect(throws: YAMLError.self) { try parse(String(repeating: "- ", count: 50_000)) }
        #expect(throws: YAMLError.self) { try parse(String(repeating: "? ", count: 50_000)) }
        // An alias adds the height of what it stands for.
        let tall = "- &a " + nested(100) + "\n- "
        _ = try parse(tall + String(repeating: "[", count: 27) + "*a" + String(repeating: "]", count: 27))
        #expect(throws: YAMLError.self) {
            try parse(tall + String(repeating: "[", count: 28) + "*a" + String(repeating: "]", count: 28))
        }
    }

    @Test func aliasExpansionIsBounded() throws {
        var laughs = "a0: &a0 lol\n"
        for level in 1..<10 {
            laughs +=
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ",") + "]\n"
        }
        let error = #expect(throws: YAMLError.self) { try parse(laughs) }
        #expect(error?.message == "larger than 67108864 bytes with aliases expanded")
        #expect(throws: YAMLError.self) { try parse("- &a x\n" + String(repeating: "- *a\n", count: 1_001)) }
        _ = try parse("- &a x\n" + String(repeating: "- *a\n", count: 1_000))
    }

    @Test func sizeIsBounded() {
        let error = #expect(throws: YAMLError.self) { try parse("a: 12345", limits: YAMLLimits(bytes: 7)) }
        #expect(error?.message == "text larger than 7 bytes")
    }

    @Test func directivesAreBounded() throws {
        func text(_ count: Int) -> String { (0..<count).map { "%TAG !a\($0)! b\n" }.joined() + "--- a\n" }
        #expect(try parse(text(32)) == "a")
        #expect(try YAML.parseAll(Array((text(32) + "...\n" + text(32)).utf8)) == ["a", "a"])
        let error = #expect(throws: YAMLError.self) { try parse("# x\n" + text(33)) }
        #expect(error.map { "\($0)" } == "more than 32 directives at line 34, column 1")
    }

    /// A cut may leave valid YAML, so the demand is an answer or a typed error.
    @Test func everyTruncationIsAnswered() {
        let text = "a: &x [1, \"q\\u00e9\", 'é']\nb: |\n  t\n ? {k: !!str v}\n: *x\n--- >-\n f\n...\n"
        let bytes = Array(text.utf8)
        for length in 0...bytes.count {
            do {
                _ = try YAML.parseAll(Array(bytes[..<length]))
            } catch {
                #expect(error.line >= 1 && error.line <= 9)
            }
        }
    }
}
