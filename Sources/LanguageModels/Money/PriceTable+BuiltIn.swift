import Primitives

extension PriceTable {
    /// Figures of August 2026, in US dollars per million tokens.
    ///
    /// As collected by pydantic/genai-prices, anomalyco/models.dev and BerriAI/litellm, compared row by row where they
    /// overlap. Where they disagree about dearer figures for long requests (`gpt-5.5`, `claude-sonnet-4-5`), the dearer ones
    /// stand here, so that no budget is passed.
    package static let builtIn: PriceTable = {
        let version = "2026-08"
        // Milli-dollars per million tokens are nano-dollars per token.
        func row(
            _ model: String, _ input: Int64, _ output: Int64, cached: Int64? = nil, write: Int64? = nil,
            from: Int64 = 0, long: Price.LongContext? = nil
        ) -> Row {
            Row(
                model: model, from: Timestamp(seconds: from),
                price: Price(
                    input: NanoDollars(input), output: NanoDollars(output), cacheRead: cached.map(NanoDollars.init),
                    cacheWrite: write.map(NanoDollars.init), longContext: long, source: "table \(version)"))
        }
        let september2026: Int64 = 1_788_220_800
        return PriceTable(
            version: version,
            rows: [
                row("gpt-3.5-turbo", 500, 1_500),
                row("gpt-4", 30_000, 60_000),
                row("gpt-4-turbo", 10_000, 30_000),
                row("gpt-4o", 2_500, 10_000, cached: 1_250),
                row("gpt-4o-mini", 150, 600, cached: 75),
                row("gpt-4.1", 2_000, 8_000, cached: 500),
                row("gpt-4.1-mini", 400, 1_600, cached: 100),
                row("gpt-4.1-nano", 100, 400, cached: 25),
                row("gpt-5", 1_250, 10_000, cached: 125),
                row("gpt-5.1", 1_250, 10_000, cached: 125),
                row("gpt-5-mini", 250, 2_000, cached: 25),
                row("gpt-5-nano", 50, 400, cached: 5),
                row("gpt-5.2", 1_750, 14_000, cached: 175),
                row(
                    "gpt-5.4", 2_500, 15_000, cached: 250,
                    long: Price.LongContext(
                        above: 272_000, input: NanoDollars(5_000), output: NanoDollars(22_500),
                        cacheRead: NanoDollars(500))),
                row(
                    "gpt-5.5", 5_000, 30_000, cached: 500,
                    long: Price.LongContext(
                        above: 272_000, input: NanoDollars(10_000), output: NanoDollars(45_000),
                        cacheRead: NanoDollars(1_000))),
                row("o3", 2_000, 8_000, cached: 500),
                row("o4-mini", 1_100, 4_400, cached: 275),
                row("claude-3-haiku", 250, 1_250, cached: 30, write: 300),
                row("claude-3-sonnet", 3_000, 15_000),
                row("claude-3-opus", 15_000, 75_000, cached: 1_500, write: 18_750),
                row("claude-haiku-4-5", 1_000, 5_000, cached: 100, write: 1_250),
                row(
                    "claude-sonnet-4-5", 3_000, 15_000, cached: 300, write: 3_750,
                    long: Price.LongContext(
                        above: 200_000, input: NanoDollars(6_000), output: NanoDollars(22_500),
                        cacheRead: NanoDollars(600), cacheWrite: NanoDollars(7_500))),
                row("claude-sonnet-4-6", 3_000, 15_000, cached: 300, write: 3_750),
                row("claude-sonnet-5", 2_000, 10_000, cached: 200, write: 2_500),
                row("claude-sonnet-5", 3_000, 15_000, cached: 300, write: 3_750, from: september2026),
                row("claude-opus-4-1", 15_000, 75_000, cached: 1_500, write: 18_750),
                row("claude-opus-4-5", 5_000, 25_000, cached: 500, write: 6_250),
                row("claude-opus-4-6", 5_000, 25_000, cached: 500, write: 6_250),
                row("claude-opus-4-7", 5_000, 25_000, cached: 500, write: 6_250),
                row("claude-opus-4-8", 5_000, 25_000, cached: 500, write: 6_250),
                row("claude-opus-5", 5_000, 25_000, cached: 500, write: 6_250),
                row("claude-fable-5", 10_000, 50_000, cached: 1_000, write: 12_500),
            ])
    }()
}
