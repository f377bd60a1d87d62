import Primitives

extension ModelTable {
    /// Windows, bounds, what is refused and who takes tools, as in anomalyco/models.dev (July 2026), the figures compared with
    /// pydantic/genai-prices (August 2026); days of retirement from Anthropic's list.
    package static let builtIn: ModelTable = {
        func openAI(
            _ name: String, _ context: Int, _ output: Int, sampling: Bool = true, tools: Bool = true,
            short: [String] = []
        ) -> ModelFacts {
            ModelFacts(
                name: name, vendor: .openAI, openRouterName: "openai/\(name)", shorthands: short,
                contextTokens: context, outputTokens: output, acceptsSampling: sampling, callsTools: tools)
        }
        /// OpenRouter writes the numbers of Claude's versions with a point.
        func claude(
            _ name: String, _ openRouter: String, _ context: Int, _ output: Int, sampling: Bool = true,
            short: [String] = [], retired: Int64? = nil, successor: String? = nil
        ) -> ModelFacts {
            ModelFacts(
                name: name, vendor: .anthropic, openRouterName: "anthropic/\(openRouter)", shorthands: short,
                contextTokens: context, outputTokens: output, acceptsSampling: sampling, callsTools: true,
                retirement: successor.map {
                    .init(on: retired.map { Timestamp(seconds: $0) }, successor: $0)
                })
        }
        /// Of those that OpenRouter serves some take tools and some do not; in doubt they do not.
        func other(
            _ name: String, _ context: Int?, tools: Bool = false, short: [String], successor: String? = nil
        ) -> ModelFacts {
            ModelFacts(
                name: name, vendor: .others, openRouterName: name, shorthands: short, contextTokens: context,
                outputTokens: nil, acceptsSampling: true, callsTools: tools,
                retirement: successor.map { .init(on: nil, successor: $0) })
        }
        return ModelTable(rows: [
            openAI("gpt-3.5-turbo", 16_385, 4_096, tools: false, short: ["gpt-3.5"]),
            openAI("gpt-4", 8_192, 8_192),
            openAI("gpt-4-turbo", 128_000, 4_096),
            openAI("gpt-4o", 128_000, 16_384),
            openAI("gpt-4o-mini", 128_000, 16_384),
            openAI("gpt-4.1", 1_047_576, 32_768),
            openAI("gpt-4.1-mini", 1_047_576, 32_768),
            openAI("gpt-4.1-nano", 1_047_576, 32_768),
            openAI("gpt-5", 400_000, 128_000, sampling: false),
            openAI("gpt-5-mini", 400_000, 128_000, sampling: false),
            openAI("gpt-5-nano", 400_000, 128_000, sampling: false),
            openAI("gpt-5.1", 400_000, 128_000, sampling: false),
            openAI("gpt-5.2", 400_000, 128_000, sampling: false),
            openAI("gpt-5.4", 1_050_000, 128_000, sampling: false),
            openAI("gpt-5.5", 1_050_000, 128_000, sampling: false),
            openAI("o3", 200_000, 100_000, sampling: false),
            openAI("o4-mini", 200_000, 100_000, sampling: false),

            claude("claude-haiku-4-5", "claude-haiku-4.5", 200_000, 64_000, short: ["claude-haiku"]),
            claude("claude-sonnet-4-5", "claude-sonnet-4.5", 200_000, 64_000),
            claude("claude-sonnet-4-6", "claude-sonnet-4.6", 1_000_000, 64_000),
            claude("claude-sonnet-5", "claude-sonnet-5", 1_000_000, 128_000, sampling: false, short: ["claude-sonnet"]),
            claude("claude-opus-4-1", "claude-opus-4.1", 200_000, 32_000),
            claude("claude-opus-4-5", "claude-opus-4.5", 200_000, 64_000),
            claude("claude-opus-4-6", "claude-opus-4.6", 1_000_000, 128_000),
            claude("claude-opus-4-7", "claude-opus-4.7", 1_000_000, 128_000, sampling: false),
            claude("claude-opus-4-8", "claude-opus-4.8", 1_000_000, 128_000, sampling: false),
            claude("claude-opus-5", "claude-opus-5", 1_000_000, 128_000, sampling: false, short: ["claude-opus"]),
            claude("claude-fable-5", "claude-fable-5", 1_000_000, 128_000, sampling: false),
            claude("claude-3-haiku-20240307", "claude-3-haiku", 200_000, 4_096),
            // 2025-07-21, 2026-01-05, 2026-02-19, 2026-06-15
            claude(
                "claude-3-sonnet", "claude-3-sonnet", 200_000, 4_096, retired: 1_753_056_000,
                successor: "claude-sonnet-4-6"),
            claude(
                "claude-3-opus", "claude-3-opus", 200_000, 4_096, short: ["claude-3"], retired: 1_767_571_200,
                successor: "claude-opus-4-6"),
            claude(
                "claude-3-5-haiku", "claude-3.5-haiku", 200_000, 8_192, retired: 1_771_459_200,
                successor: "claude-haiku-4-5"),
            claude(
                "claude-3-5-sonnet", "claude-3.5-sonnet", 200_000, 8_192, successor: "claude-sonnet-4-6"),
            claude(
                "claude-3-7-sonnet", "claude-3.7-sonnet", 200_000, 64_000, retired: 1_771_459_200,
                successor: "claude-sonnet-4-6"),
            claude(
                "claude-opus-4", "claude-opus-4", 200_000, 32_000, short: ["claude-opus-4-0"], retired: 1_781_481_600,
                successor: "claude-opus-4-6"),
            claude(
                "claude-sonnet-4", "claude-sonnet-4", 200_000, 64_000, short: ["claude-sonnet-4-0"],
                retired: 1_781_481_600, successor: "claude-sonnet-4-6"),

            other("google/gemini-2.5-pro", 1_048_576, tools: true, short: ["gemini-pro"]),
            other("google/gemini-2.5-flash", 1_048_576, tools: true, short: ["gemini-flash"]),
            other("google/palm-2-chat-bison", nil, short: ["palm-2"], successor: "google/gemini-2.5-flash"),
            other("meta-llama/llama-3-70b-instruct", 8_192, short: ["llama-3-70b"]),
            other("meta-llama/llama-3-8b-instruct", 8_192, short: ["llama-3-8b"]),
            other("meta-llama/llama-3.3-70b-instruct", 131_072, tools: true, short: ["llama-3.3-70b"]),
            other("mistralai/mixtral-8x7b-instruct", 32_768, short: ["mixtral-8x7b"]),
            other("mistralai/mistral-7b-instruct", 32_768, short: ["mistral-7b"]),
        ])
    }()
}
