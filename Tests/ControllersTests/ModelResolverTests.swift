import AIOpsAPI
import KubernetesModel
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

    /// What the advice names is what the list takes.
    @Test(arguments: [
        ("http://a.example.com/v1", "a.example.com"), ("https://a.example.com:443", "a.example.com"),
        ("http://a.example.com:80/", "a.example.com"), ("http://a.example.com:443/", "a.example.com:443"),
        ("https://A.example.com:8443?x", "a.example.com:8443"), ("http://[::1]:8080/v1", "[::1]:8080"),
        ("http://[::1]/v1", "::1"), ("http://[::1]:80/v1", "::1"),
    ])
    func anEndpointIsNamedAsAListNamesIt(url: String, place: String) throws {
        let endpoint = try #require(ModelEndpoint(baseURL: url))
        #expect(endpoint.place == place)
        #expect(endpoint.isAllowed(by: [place]) && endpoint.isAllowed(by: [endpoint.host]))
    }

    /// What a refusal advises would help, and nothing is advised that would be refused as well.
    @Test(
        arguments: [
            (
                "http://elsewhere.example.com/v1", nil, Reason.hostNotAllowed,
                ["allowedModelHosts", "--allowed-model-host elsewhere.example.com"], ["`hosts`"]
            ),
            (
                "https://LLM.other.example.com:8443/v1", "closed", .hostNotAllowed,
                [
                    "host llm.other.example.com:8443 is not allowed: list it, or llm.other.example.com for every port of it, "
                        + "under `hosts`"
                ], ["allowedModelHosts"]
            ),
            (
                "http://elsewhere.example.com:443/v1", nil, .hostNotAllowed,
                ["host elsewhere.example.com:443 is", "--allowed-model-host elsewhere.example.com:443)"], []
            ),
            (
                "https://elsewhere.example.com:443/v1", nil, .hostNotAllowed,
                ["host elsewhere.example.com is", "add it to", "--allowed-model-host elsewhere.example.com)"], [":443"]
            ),
            (
                "http://[2001:db8::1]:8080/v1", nil, .hostNotAllowed,
                ["host [2001:db8::1]:8080 is", "or 2001:db8::1 for", "--allowed-model-host [2001:db8::1]:8080)"], []
            ),
            (
                "http://elsewhere.example.com/v1", "open", .hostNotAllowed,
                ["`hosts` in Secret open", "allowedModelHosts", "--allowed-model-host"], []
            ),
            (
                "http://elsewhere.example.com/v1", "closed", .hostNotAllowed, ["`hosts` in Secret closed"],
                ["allowedModelHosts", "--allowed-model-host"]
            ),
            (
                "http://169.254.169.254/v1", nil, .hostNotAllowed, ["link-local"],
                ["allowedModelHosts", "`hosts`", "--"]
            ),
            ("http://[fe80::1]/v1", "open", .hostNotAllowed, ["link-local"], ["allowedModelHosts", "`hosts`", "--"]),
            (
                "https://llm.example.com/v1", "missing", .credentialsMissing,
                ["does not exist in namespace demo", "may read", "create it"], ["credentialNamespaces"]
            ),
            (
                "https://llm.example.com/v1", "forbidden", .credentialsNotAllowed,
                [
                    "may not read Secrets in namespace demo", "cannot be told", "credentialNamespaces",
                    "create the Secret",
                ],
                ["aiops-operator-model"]
            ),
        ] as [(String, String?, Reason, [String], [String])])
    func refusalsAdviseWhatHelps(
        url: String, secret: String?, reason: Reason, says: [String], doesNotSay: [String]
    ) async throws {
        let time = ManualTimeSource()
        let server = InMemoryAPIServer(types: [], time: time)
        server.addNamespace("demo")
        for (name, hosts) in [("open", ""), ("closed", "other.example.com")] {
            let secret = KubernetesModel.Secret(
                metadata: ObjectMeta(name: name, namespace: "demo"), type: ModelResolver.secretType,
                data: ["apiKey": Array("k".utf8), "hosts": Array(hosts.utf8)])
            server.put(secret)
        }
        server.inject(.answer(Status(code: 403, reason: "Forbidden", message: "no"))) { $0.name == "forbidden" }
        var settings = ModelSettings()
        settings.provider = .openAICompatible
        settings.baseURL = url
        settings.name = "m"
        settings.credentialsSecretRef = secret.map { name in
            var reference = SecretKeyReference()
            reference.name = name
            return reference
        }
        var task = Fixture.task()
        var agent = AIOpsTask.Agent()
        agent.model = settings
        task.spec.agent = agent
        let model = try #require(task.spec.effective()).model
        let resolver = ModelResolver(
            client: Bench.client(server, time), transport: server, time: time, allowedHosts: ["llm.example.com"])
        let failure = await #expect(throws: TaskFailure.self) {
            try await resolver.resolve(model, namespace: "demo", poolNamespace: "demo")
        }
        #expect(failure?.reason == reason && failure?.isUserError == true)
        let message = failure?.message ?? ""
        for word in says { #expect(message.contains(word), "\(word): \(message)") }
        for word in doesNotSay { #expect(!message.contains(word), "\(word): \(message)") }
    }
}
