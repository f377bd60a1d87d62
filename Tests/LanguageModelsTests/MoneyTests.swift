import LanguageModels
import Primitives
import Testing

private let august = Timestamp(seconds: 1_786_000_000)
private let october = Timestamp(seconds: 1_790_000_000)

struct MoneyTests {
    @Test(
        arguments: [
            ("0", 0), ("1", 1_000_000_000), ("0.000000001", 1), ("0.0000000001", 1), ("1.5e-05", 15_000),
            ("2.5E1", 25_000_000_000),
            ("0.00014", 140_000), ("1e-300", nil), ("", nil), ("-1", nil), ("1.2.3", nil),
            ("99999999999999999999", nil), ("1e-9223372036854775808", nil), ("1e9223372036854775807", nil),
            ("1e99999999999999999999", nil),
        ] as [(String, Int64?)])
    func decimalDollars(text: String, value: Int64?) {
        #expect(NanoDollars(decimal: text)?.value == value)
    }

    @Test(arguments: [(0, "0"), (1, "0.000000001"), (12_500_000, "0.0125"), (3_000_000_000, "3"), (-5, "-0.000000005")])
    func decimalText(value: Int64, text: String) {
        #expect(NanoDollars(value).decimalText == text)
    }

    @Test(
        arguments: [
            ("OpenAI", "gpt-4o-mini", 150), ("OpenAI", "gpt-4o-mini-2024-07-18", 150),
            ("OpenRouter", "openai/gpt-4o", 2_500),
            ("Anthropic", "claude-sonnet-4-5-20250929", 3_000), ("OpenAI", "gpt-99", nil),
            ("OpenAICompatible", "gpt-4o", nil),
        ] as [(String, String, Int64?)])
    func tableFindsTheModel(provider: String, name: String, input: Int64?) {
        let price = PriceTable.builtIn.price(of: ModelDescriptor(provider: provider, name: name), at: august)
        #expect(price?.input.value == input)
    }

    @Test func pricesHaveDates() {
        let model = ModelDescriptor(provider: "Anthropic", name: "claude-sonnet-5")
        #expect(PriceTable.builtIn.price(of: model, at: august)?.output.value == 10_000)
        #expect(PriceTable.builtIn.price(of: model, at: october)?.output.value == 15_000)
    }

    @Test func simulatedAndLocalAreFreeNotUnknown() {
        for model in [
            ModelDescriptor(provider: "Simulated", name: "x", isSimulated: true),
            ModelDescriptor(provider: "OpenAICompatible", name: "x", isLocal: true),
        ] {
            let price = PriceTable.builtIn.price(of: model, at: august)
            #expect(price?.cost(of: TokenUsage(inputTokens: 9, outputTokens: 9)).total == .zero)
        }
    }

    /// What a relay on this machine passes on to a vendor is paid by somebody.
    @Test(arguments: ["OpenAI", "Anthropic", "OpenRouter"]) func aVendorBehindARelayIsUnknownNotFree(vendor: String) {
        let model = ModelDescriptor(provider: vendor, name: "gpt-4o", isLocal: true, isAtVendor: false)
        #expect(PriceTable.builtIn.price(of: model, at: august) == nil)
    }

    @Test func cachedTokensHaveTheirOwnPrice() throws {
        let model = ModelDescriptor(provider: "OpenAI", name: "gpt-4o")
        let price = try #require(PriceTable.builtIn.price(of: model, at: august))
        let cost = price.cost(of: TokenUsage(inputTokens: 100, outputTokens: 10, cacheReadTokens: 40))
        #expect(cost.input.value == 60 * 2_500 + 40 * 1_250)
        #expect(cost.output.value == 100_000)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func theWorstCaseIsNeverBelowTheBill(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let names = ["gpt-5.4", "gpt-4o", "claude-sonnet-4-5", "gpt-4"]
        let name = try #require(names.randomElement(using: &generator))
        let model = ModelDescriptor(provider: "OpenRouter", name: name)
        let price = try #require(PriceTable.builtIn.price(of: model, at: august))
        let bound = TokenUsage(
            inputTokens: .random(in: 0...600_000, using: &generator),
            outputTokens: .random(in: 0...9_000, using: &generator))
        let used = TokenUsage(
            inputTokens: .random(in: 0...bound.inputTokens, using: &generator),
            outputTokens: .random(in: 0...bound.outputTokens, using: &generator),
            cacheReadTokens: .random(in: 0...700_000, using: &generator),
            cacheWriteTokens: .random(in: 0...700_000, using: &generator))
        #expect(price.cost(of: used).total <= price.worstCase(of: bound))
    }

    @Test func absurdFiguresSaturate() throws {
        let model = ModelDescriptor(provider: "OpenAI", name: "gpt-4")
        let price = try #require(PriceTable.builtIn.price(of: model, at: august))
        let cost = price.cost(of: TokenUsage(inputTokens: .max, outputTokens: .max, cacheReadTokens: .max))
        #expect(cost.total.value == .max)
    }
}
