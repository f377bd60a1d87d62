import HTTPTesting
import LanguageModelTesting
import LanguageModels
import Primitives
import Testing

struct ModelTableTests {
    private static let now = Timestamp(rfc3339: "2026-11-01T00:00:00Z") ?? Timestamp(seconds: 0)
    private static let table = ModelTable.builtIn

    @Test(
        arguments: [
            ("gpt-4", .openAI, "gpt-4"), ("openai/gpt-4", .openAI, "gpt-4"), ("gpt-4", .others, "openai/gpt-4"),
            ("gpt-4o-2024-11-20", .openAI, "gpt-4o-2024-11-20"),
            ("gpt-4o-2024-11-20", .others, "openai/gpt-4o-2024-11-20"),
            ("openai/gpt-4o-2024-11-20", .others, "openai/gpt-4o-2024-11-20"),
            ("claude-haiku-4.5", .anthropic, "claude-haiku-4-5"),
            ("claude-haiku-4-5-20251001", .anthropic, "claude-haiku-4-5-20251001"),
            ("claude-haiku-4-5-20251001", .others, "anthropic/claude-haiku-4.5"),
            ("anthropic/claude-sonnet-4-5", .others, "anthropic/claude-sonnet-4.5"),
            ("claude-3-haiku", .anthropic, "claude-3-haiku-20240307"), ("claude-sonnet", .anthropic, "claude-sonnet-5"),
            ("gemini-pro", .others, "google/gemini-2.5-pro"), ("google/gemini-pro", .others, "google/gemini-2.5-pro"),
            ("llama-3-70b", .others, "meta-llama/llama-3-70b-instruct"),
            ("mixtral-8x7b", .others, "mistralai/mixtral-8x7b-instruct"),
            ("openai/gpt-4o:nitro", .others, "openai/gpt-4o:nitro"), ("x-ai/grok-9", .others, "x-ai/grok-9"),
            ("gpt-99", .openAI, "gpt-99"), ("openai/gpt-99", .openAI, "gpt-99"),
        ] as [(String, ModelFacts.Vendor, String)])
    func namesAreMadeFull(name: String, vendor: ModelFacts.Vendor, full: String) throws {
        #expect(try Self.table.fullName(of: name, at: vendor, now: Self.now) == full)
    }

    @Test(
        arguments: [
            ("claude-3-sonnet", .anthropic, "retired by its vendor on 2025-07-21; use claude-sonnet-4-6"),
            ("anthropic/claude-3-sonnet", .others, "use anthropic/claude-sonnet-4.6"),
            ("claude-3-opus-20240229", .anthropic, "2026-01-05; use claude-opus-4-6"),
            ("claude-3.7-sonnet", .others, "2026-02-19; use anthropic/claude-sonnet-4.6"),
            ("claude-3-5-haiku", .anthropic, "2026-02-19; use claude-haiku-4-5"),
            ("claude-opus-4-20250514", .anthropic, "2026-06-15"), ("claude-sonnet-4-0", .anthropic, "2026-06-15"),
            ("claude-3", .anthropic, "use claude-opus-4-6"), ("palm-2", .others, "use google/gemini-2.5-flash"),
            ("claude-haiku-4-5", .openAI, "Anthropic, or OpenRouter with the name anthropic/claude-haiku-4.5"),
            ("gpt-4", .anthropic, "use provider OpenAI"), ("llama-3-70b", .openAI, "use provider OpenRouter"),
            ("some-model", .others, "vendor/model"),
        ] as [(String, ModelFacts.Vendor, String)])
    func whatCannotBeAskedForSaysWhatCan(name: String, vendor: ModelFacts.Vendor, says: String) {
        let problem = #expect(throws: ModelTable.Problem.self) {
            try Self.table.fullName(of: name, at: vendor, now: Self.now)
        }
        #expect("\(problem.map { "\($0)" } ?? "")".contains(says), "\(problem.map { "\($0)" } ?? "")")
    }

    /// A name goes only when its day has come, and what takes its place is there, is not retired and has a price.
    @Test func successorsAreThere() throws {
        let may = try #require(Timestamp(rfc3339: "2026-05-01T00:00:00Z"))
        let snapshot = "claude-sonnet-4-20250514"
        #expect(try Self.table.fullName(of: snapshot, at: .anthropic, now: may) == snapshot)
        for row in Self.table.all {
            guard let retirement = row.retirement else { continue }
            let successor = try #require(Self.table.facts(retirement.successor), "\(row.name)")
            #expect(successor.retirement == nil && successor.vendor == row.vendor)
        }
    }

    /// As anomalyco/models.dev has it; what is not in the table is not offered tools unless the user says so.
    @Test(
        arguments: [
            ("gpt-4o", true), ("gpt-4.1-mini", true), ("o3", true), ("gpt-3.5-turbo", false), ("gpt-99", false),
        ])
    func whoTakesToolsIsKnown(name: String, takes: Bool) {
        let model = ProviderModel(
            .openAI(model: name, key: nil), transport: ScriptedTransport(), time: SkippingTimeSource(), seed: 1)
        #expect(model.descriptor.callsTools == takes)
        let other = ProviderConfiguration.openRouter(model: "openai/\(name)", key: nil)
        #expect((other.facts?.callsTools ?? false) == takes)
        #expect(ProviderConfiguration.compatible(baseURL: "http://a/v1", model: name).facts == nil)
    }

    /// Of the models of both vendors we name and that are served, each has a price, a window and a bound.
    @Test func everyModelOfTheVendorsHasAPrice() {
        for row in Self.table.all where row.vendor != .others && row.retirement == nil {
            for (provider, name) in [(row.vendor.rawValue, row.name), ("OpenRouter", row.openRouterName)] {
                let price = PriceTable.builtIn.price(of: ModelDescriptor(provider: provider, name: name), at: Self.now)
                #expect(price != nil, "\(name)")
            }
            #expect((row.outputTokens ?? 0) > 0 && (row.contextTokens ?? 0) >= (row.outputTokens ?? 0), "\(row.name)")
        }
    }
}
