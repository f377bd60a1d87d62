import AIOpsAPI
import KubernetesTesting
import LanguageModels
import LifecycleTesting
import Primitives
import SimulationTesting
import Testing

@testable import Controllers

@Suite struct ModelResolverTests {
    /// A limit of money is refused where the price is unknown, and a vendor's newest models want their limit of tokens by
    /// its new name: both hang on who is known to answer.
    @Test(arguments: [
        ("https://api.openai.com/v1", "gpt-4o", "OpenAI", true),
        ("https://openrouter.ai/api/v1", "openai/gpt-4o", "OpenRouter", true),
        ("https://api.anthropic.com/v1", "claude-sonnet-4-5", "Anthropic", true),
        ("https://llm.example.com/v1", "gpt-4o", "OpenAICompatible", false),
    ])
    func whoAnswersIsToldByTheHost(url: String, model: String, provider: String, isPriced: Bool) async throws {
        let time = ManualTimeSource()
        let server = InMemoryAPIServer(types: [], time: time)
        var settings = ModelSettings()
        settings.provider = .openAICompatible
        settings.baseURL = url
        settings.name = model
        var task = Fixture.task()
        var agent = AIOpsTask.Agent()
        agent.model = settings
        task.spec.agent = agent
        let resolved = try await ModelResolver(
            client: Bench.client(server, time), transport: server, time: time,
            allowedHosts: OperatorSettings(
                version: "test", namespace: "demo", allowedModelHosts: ["llm.example.com"]
            ).allowedModelHosts
        ).resolve(try #require(task.spec.effective()).model, namespace: "demo", poolNamespace: "demo")
        #expect(resolved.descriptor.provider == provider)
        #expect((PriceTable.builtIn.price(of: resolved.descriptor, at: Fixture.now) != nil) == isPriced)
    }
}
