import JSON
import Primitives
import Testing
import YAML

struct YAMLEmittingTests {
    @Test func writesReadableBlocks() {
        let value: JSONValue = [
            "apiVersion": "apps/v1",
            "metadata": ["name": "shop-1", "labels": ["app.kubernetes.io/name": "shop"], "annotations": [:]],
            "spec": [
                "replicas": 2, "image": "nginx:1.25", "args": ["--port", "8080", "-v"], "empty": [], "none": nil,
                "on": true,
                "containers": [["name": "web", "env": [["name": "A", "value": "yes"]]], [[1, [2]], "x"]],
                "memory": "10Mi", "ratio": 0.5,
                "script": "set -e\necho \"hi: there\"\n", "last": "a\nb", "padded": "a\n\n",
            ],
        ]
        #expect(
            YAML.emit(value) == """
                apiVersion: apps/v1
                metadata:
                  name: shop-1
                  labels:
                    app.kubernetes.io/name: shop
                  annotations: {}
                spec:
                  replicas: 2
                  image: nginx:1.25
                  args:
                    - "--port"
                    - "8080"
                    - "-v"
                  empty: []
                  none: null
                  "on": true
                  containers:
                    - name: web
                      env:
                        - name: A
                          value: "yes"
                    - - - 1
                        - - 2
                      - x
                  memory: 10Mi
                  ratio: 0.5
                  script: |
                    set -e
                    echo "hi: there"
                  last: |-
                    a
                    b
                  padded: |+
                    a

                """ + "\n")
    }

    /// Texts that some reader takes for another type or for syntax.
    @Test(arguments: [
        "", " ", "a ", " a", "~", "null", "NULL", "true", "Yes", "NO", "on", "y", "N", "0", "-1", "+1", "0755", "0o7",
        "0x1f", "0b11", "1e3", "1_000", ".5", "1.",
        ".inf", "-.inf", ".NaN", "12:30:45", "2026-11-20", "2026-11-20T10:00:00Z", "=", "<<", "-", "- a", "---", "...",
        "?", "? a", ":", ": a", "a:", "a: b", "a #b",
        "#a", "a#b", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a", "{a}", "[a]", "a, b", "'a'", "\"a\"", "a\\b", "\t",
        "a\tb", "\n", "\n\n", "a\n", "a\n\n", "a\n\n\n", "a\nb",
        " a\nb", "a\n b", "a\n  ", "a\n  \n", "\ta\nb", "a\tb\nc\n", "a\r\nb", "a\r", "\0", "\u{1}", "\u{7f}", "\u{85}",
        "a\u{85}\nb", "\u{a0}", "\u{2028}", "a\u{2029}\nb\n", "\u{FEFF}a",
        "\u{FFFE}", "\u{FFFF}", "é", "日本\n語\n", "😀", "http://a.io:80/x?y=z&w", "a b c", "$(X)", "C:\\x", "---\na\n",
        "...\n...\n", "# a\n# b\n", "key: |\n  x\n",
    ])
    func stringsComeBack(text: String) throws {
        for value: JSONValue in [
            .string(text), [.string(text)], ["k": .string(text)], .object([text: 1]),
            [["a": [.string(text)], text: .string(text)]],
        ] {
            #expect(try YAML.parse(Array(YAML.emit(value).utf8)) == value)
        }
    }

    @Test func randomValuesComeBack() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<3_000 {
            let value = randomValue(depth: 5, &generator)
            let text = YAML.emit(value)
            do {
                let parsed = try YAML.parse(Array(text.utf8))
                if parsed != value { Issue.record("\(value) became \(parsed) by way of\n\(text)") }
            } catch {
                Issue.record("\(error): \(value)\n\(text)")
            }
        }
    }

    @Test func longKeysComeBack() throws {
        for length in [510, 512, 513, 1_023, 1_024, 1_025, 5_000] {
            let value: JSONValue = .object([
                String(repeating: "k", count: length): ["x": [1, "a\nb\n"]],
                "z": .object([String(repeating: "é", count: length): 1]),
            ])
            #expect(try YAML.parse(Array(YAML.emit(value).utf8)) == value)
        }
    }

    @Test func documentsComeBack() throws {
        let values: [JSONValue] = [["a": 1], nil, "x\ny", "z\n\n", [], 7]
        #expect(try YAML.parseAll(Array(YAML.emitAll(values).utf8)) == values)
    }

    private func randomValue(depth: Int, _ generator: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .integer(Int64.random(in: .min ... .max, using: &generator))
        case 3:
            return .number(
                "\(Int.random(in: -99...99, using: &generator)).25e\(Int.random(in: -9...9, using: &generator))")
        case 4, 5: return .string(randomText(&generator))
        case 6:
            return .array(
                (0..<Int.random(in: 0..<4, using: &generator)).map { _ in randomValue(depth: depth - 1, &generator) })
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0..<5, using: &generator) {
                object[randomText(&generator)] = randomValue(depth: depth - 1, &generator)
            }
            return .object(object)
        }
    }

    private func randomText(_ generator: inout SeededGenerator) -> String {
        let alphabet = Array("ab1 0.-:#\n\n\t'\"{}[],&*!|>%@`~?=<\\/_é\u{85}\u{2028}\u{7}\r😀".unicodeScalars)
        var text = ""
        for _ in 0..<Int.random(in: 0..<12, using: &generator) {
            text.unicodeScalars.append(alphabet[Int.random(in: 0..<alphabet.count, using: &generator)])
        }
        return text
    }
}
