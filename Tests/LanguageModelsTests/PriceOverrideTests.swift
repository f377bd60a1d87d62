import JSON
import LanguageModels
import Primitives
import Testing

@Suite struct PriceOverrideTests {
    private static let row: JSONValue = ["model": "gpt-4o", "input": "0.40", "output": 2]
    private static let now = Timestamp(seconds: 1_800_000_000)

    private static func table(_ models: [JSONValue], version: JSONValue = "acme-1") throws(PriceTableError)
        -> PriceTable
    {
        PriceTable.builtIn.replacing(with: try PriceOverride(["version": version, "models": .array(models)]))
    }

    private static func price(
        _ table: PriceTable, _ name: String, provider: String = "OpenAI", host: String? = nil, isAtVendor: Bool = true,
        isLocal: Bool = false, at moment: Timestamp = now
    ) -> Price? {
        table.price(
            of: ModelDescriptor(provider: provider, name: name, isLocal: isLocal, isAtVendor: isAtVendor, host: host),
            at: moment)
    }

    @Test func rowsStandOverThoseOfTheSameModelAndNoOthers() throws {
        let table = try Self.table([Self.row])
        #expect(table.version == "acme-1+\(PriceTable.builtIn.version)")
        let own = try #require(Self.price(table, "gpt-4o"))
        #expect(own.input.value == 400 && own.output.value == 2_000 && own.source == "table acme-1")
        #expect(own.cacheRead == nil)
        #expect(Self.price(table, "gpt-4o-2024-11-20") == own)
        #expect(Self.price(table, "gpt-4") == Self.price(.builtIn, "gpt-4"))
    }

    /// All rows of the model go, also those that would begin to hold later.
    @Test func noBuiltInRowComesBackAtALaterDay() throws {
        let table = try Self.table([["model": "claude-sonnet-5", "input": 1, "output": 1]])
        let later = Timestamp(seconds: 1_900_000_000)
        #expect(Self.price(table, "claude-sonnet-5", provider: "Anthropic", at: later)?.input.value == 1_000)
    }

    /// A price that is to hold from some day leaves the one of today until then.
    @Test func theBuiltInPriceHoldsUntilTheFirstRowDoes() throws {
        let table = try Self.table([["model": "gpt-4o", "from": "2027-01-25", "input": 1, "output": 1]])
        let day = try #require(Timestamp(rfc3339: "2027-01-25T00:00:00Z"))
        let before = Self.price(table, "gpt-4o", at: day - .seconds(1))
        #expect(before != nil && before == Self.price(.builtIn, "gpt-4o", at: day - .seconds(1)))
        #expect(Self.price(table, "gpt-4o", at: day)?.input.value == 1_000)
    }

    @Test(
        arguments: [
            ("0", 0), ("0.0375", 38), ("0.000001", 1), ("1e-3", 1), ("2.5", 2_500), ("1000000", 1_000_000_000),
        ] as [(String, Int64)])
    func fractionsAreRoundedUp(text: String, nanos: Int64) throws {
        for value in [JSONValue.string(text), .number(text)] {
            let table = try Self.table([["model": "gpt-4o", "input": value, "output": 1]])
            #expect(Self.price(table, "gpt-4o")?.input.value == nanos)
        }
    }

    @Test func aRowHoldsFromItsDay() throws {
        let table = try Self.table([
            ["model": "m", "from": "2027-01-15", "input": 2, "output": 1], ["model": "m", "input": 1, "output": 1],
        ])
        let day = try #require(Timestamp(rfc3339: "2027-01-15T00:00:00Z"))
        #expect(Self.price(table, "m", at: day - .seconds(1))?.input.value == 1_000)
        #expect(Self.price(table, "m", at: day)?.input.value == 2_000)
    }

    /// What a server of one's own costs nobody else knows; a price for one host holds at no other.
    @Test(arguments: [
        ("llm.example.com", "llm.example.com", true), ("llm.example.com", "llm.example.com:8443", true),
        ("llm.example.com:8443", "llm.example.com:8443", true), ("llm.example.com:8443", "llm.example.com", false),
        ("llm.example.com", "other.example.com", false), ("[fd00::1]", "[fd00::1]:80", true),
        ("LLM.example.com", "llm.example.com", true),
    ])
    func aPriceMayHoldAtOneHost(named: String, asked: String, holds: Bool) throws {
        let table = try Self.table([["model": "llama", "host": .string(named), "input": 1, "output": 1]])
        let price = Self.price(table, "llama", provider: "OpenAICompatible", host: asked, isAtVendor: false)
        #expect((price != nil) == holds)
        #expect(Self.price(table, "llama-2", provider: "OpenAICompatible", host: asked, isAtVendor: false) == nil)
        #expect(Self.price(table, "llama", host: "api.openai.com") == nil)
    }

    /// This machine is free unless somebody says otherwise.
    @Test func aPriceForThisMachineHolds() throws {
        let table = try Self.table([["model": "llama", "host": "localhost", "input": 1, "output": 1]])
        let asked = { Self.price(table, $0, provider: "OpenAICompatible", host: "localhost:11434", isLocal: true) }
        #expect(asked("llama")?.input.value == 1_000)
        #expect(asked("phi")?.source == "local")
    }

    @Test(
        arguments: [
            (["models": []], "version"), (["version": "a b", "models": []], "version"), (["version": "a"], "models"),
            (["version": 1, "models": []], "version"), (["version": "a", "models": [], "model": []], "model"),
            (["version": "a", "models": [["model": "m", "input": 1]]], "models[0].output"),
            (["version": "a", "models": [["model": "m", "input": "-1", "output": 1]]], "models[0].input"),
            (["version": "a", "models": [["model": "m", "input": "free", "output": 1]]], "models[0].input"),
            (["version": "a", "models": [["model": "m", "input": 1_000_001, "output": 1]]], "models[0].input"),
            (["version": "a", "models": [["model": "m", "input": 1, "output": 1, "cached": 1]]], "models[0].cached"),
            (["version": "a", "models": [["model": "m", "input": 1, "output": 1, "from": "May"]]], "models[0].from"),
            (["version": "a", "models": [["model": "", "input": 1, "output": 1]]], "models[0].model"),
            (
                ["version": "a", "models": [["model": "m", "input": 1, "output": 1, "longContext": ["above": -1]]]],
                "models[0].longContext.above"
            ),
            (
                [
                    "version": "a",
                    "models": [["model": "m", "input": 1, "output": 1], ["model": "m", "input": 2, "output": 1]],
                ],
                "models[1]"
            ),
            (["version": "a", "models": ["m"]], "models[0]"), ([], ""), ("a", ""),
        ] as [(JSONValue, String)])
    func whatIsWrongIsNamed(document: JSONValue, path: String) {
        let error = #expect(throws: PriceTableError.self) { _ = try PriceOverride(document) }
        #expect(error?.path == path, "\(error.map { "\($0)" } ?? "taken")")
    }

    @Test func aTableHasABound() {
        let rows = (0...PriceOverride.mostRows).map {
            ["model": .string("m\($0)"), "input": 1, "output": 1] as JSONValue
        }
        #expect(throws: PriceTableError.self) { _ = try Self.table(rows) }
        #expect(throws: Never.self) { _ = try Self.table(Array(rows.dropLast())) }
    }
}
