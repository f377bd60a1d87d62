import AIOpsAPI
import JSON
import KubernetesModel
import KubernetesTesting
import LanguageModels
import LifecycleTesting
import Primitives
import Testing

@testable import Controllers

/// Who answers, by whose key, at which address.
@Suite struct ModelChoiceTests {
    private static let all = OperatorKeys(environment: [
        "OPENAI_API_KEY": "sk-openai-000", "ANTHROPIC_API_KEY": "sk-ant-00000", "OPENROUTER_API_KEY": " sk-or-00000\n",
    ])

    private static func keys(_ names: [String]) -> OperatorKeys {
        OperatorKeys(environment: Dictionary(uniqueKeysWithValues: names.map { ("\($0)_API_KEY", "sk-0000000") }))
    }

    private static func effective(_ model: JSONValue) throws -> EffectiveModel {
        var task = Fixture.task()
        var agent = AIOpsTask.Agent()
        agent.model = try ModelSettings(jsonValue: model)
        task.spec.agent = agent
        return try #require(task.spec.effective()).model
    }

    private static func resolve(
        _ model: JSONValue, keys: OperatorKeys, secret: [String: String]? = nil, hosts: Set<String> = [],
        holdSecret: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> any LanguageModel {
        let time = ManualTimeSource(start: Fixture.now)
        let server = InMemoryAPIServer(types: [], time: time)
        server.addNamespace("demo")
        if let secret {
            server.put(
                KubernetesModel.Secret(
                    metadata: ObjectMeta(name: "s", namespace: "demo"), type: ModelResolver.secretType,
                    data: secret.mapValues { Array($0.utf8) }))
        }
        return try await ModelResolver(
            client: Bench.client(server, time), transport: server, time: time,
            allowedHosts: OperatorSettings(version: "test", namespace: "demo", allowedModelHosts: hosts)
                .allowedModelHosts, keys: keys, holdSecret: holdSecret
        ).resolve(try effective(model), namespace: "demo", poolNamespace: "demo")
    }

    /// The model, whose keys are there, who answers, and under what name.
    @Test(
        arguments: [
            ([:], [], "Simulated", "simulated"), (["name": "gpt-4"], [], "Simulated", "simulated"),
            ([:], ["OPENAI", "OPENROUTER"], "OpenAI", "gpt-4.1-mini"),
            ([:], ["ANTHROPIC"], "Anthropic", "claude-haiku-4-5"),
            ([:], ["OPENROUTER"], "OpenRouter", "openai/gpt-4.1-mini"),
            (["name": "gpt-4"], ["OPENAI", "OPENROUTER"], "OpenAI", "gpt-4"),
            (["name": "gpt-4"], ["ANTHROPIC", "OPENROUTER"], "OpenRouter", "openai/gpt-4"),
            (["name": "claude-haiku-4-5"], ["OPENAI", "ANTHROPIC"], "Anthropic", "claude-haiku-4-5"),
            (["name": "llama-3-70b"], ["OPENAI", "OPENROUTER"], "OpenRouter", "meta-llama/llama-3-70b-instruct"),
            (["name": "openai/gpt-99"], ["OPENAI"], "OpenAI", "gpt-99"),
            // What the parameter use_openrouter asks for: OpenRouter although other keys are there.
            (["name": "gpt-4", "provider": "OpenRouter"], ["OPENAI", "OPENROUTER"], "OpenRouter", "openai/gpt-4"),
            (["provider": "Simulated"], ["OPENAI"], "Simulated", "simulated"),
        ] as [(JSONValue, [String], String, String)])
    func theOperatorsKeys(model: JSONValue, keys: [String], provider: String, name: String) async throws {
        let resolved = try await Self.resolve(model, keys: Self.keys(keys))
        #expect(resolved.descriptor.provider == provider && resolved.descriptor.name == name)
        #expect(resolved.descriptor.isSimulated == (provider == "Simulated"))
    }

    @Test(
        arguments: [
            (["provider": "OpenAI"], [], .credentialsMissing, "OPENAI_API_KEY"),
            (["provider": "Anthropic"], ["OPENAI"], .credentialsMissing, "ANTHROPIC_API_KEY"),
            (["provider": "OpenRouter", "name": "gpt-4"], ["OPENAI"], .credentialsMissing, "OPENROUTER_API_KEY"),
            (["name": "gpt-4"], ["ANTHROPIC"], .credentialsMissing, "none that is known to serve gpt-4"),
            // The operator's key goes to no address that a task names.
            (
                ["provider": "OpenAI", "baseURL": "https://llm.example.com/v1"], ["OPENAI"], .credentialsMissing,
                "no address that a task names"
            ),
            (["provider": "Anthropic", "name": "claude-3-sonnet"], ["ANTHROPIC"], .invalidSpec, "claude-sonnet-4-6"),
            (["provider": "OpenAI", "name": "claude-opus-5"], ["OPENAI"], .invalidSpec, "provider Anthropic"),
        ] as [(JSONValue, [String], Reason, String)])
    func whatCannotBeAsked(model: JSONValue, keys: [String], reason: Reason, says: String) async throws {
        let failure = await #expect(throws: TaskFailure.self) {
            try await Self.resolve(model, keys: Self.keys(keys), hosts: ["llm.example.com"])
        }
        #expect(failure?.reason == reason && failure?.isUserError == true)
        #expect(failure?.message.contains(says) == true, "\(failure?.message ?? "")")
        // The same is said before anything is queued.
        let early = ModelChoice.problem(try Self.effective(model), keys: Self.keys(keys), now: Fixture.now)
        #expect(early?.reason == reason && early?.message == failure?.message)
    }

    /// The message names the successor whoever would have been asked, also where nobody would; a task that was admitted goes on.
    @Test(
        arguments: [
            (["name": "claude-3-sonnet"], [], "on 2025-07-21; use claude-sonnet-4-6"),
            (["name": "claude-3-sonnet", "provider": "Simulated"], [], "use claude-sonnet-4-6"),
            (["name": "palm-2", "provider": "Simulated"], ["OPENAI"], "use google/gemini-2.5-flash"),
            // No key that is there would have served it, and none need be brought.
            (["name": "claude-3-sonnet"], ["OPENAI"], "use claude-sonnet-4-6"),
            (["name": "claude-3-sonnet"], ["OPENROUTER"], "use anthropic/claude-sonnet-4.6"),
            (["name": "claude-3-sonnet", "provider": "OpenRouter"], [], "use anthropic/claude-sonnet-4.6"),
            // A Secret that has not been read.
            (["name": "anthropic/claude-3-opus", "credentialsSecretRef": ["name": "s"]], [], "use claude-opus-4-6"),
            // The vendors' own hosts.
            (["name": "claude-3-sonnet", "baseURL": "https://api.anthropic.com/v1"], [], "use claude-sonnet-4-6"),
            (
                ["name": "claude-3-sonnet", "baseURL": "https://openrouter.ai/api/v1"], [],
                "use anthropic/claude-sonnet-4.6"
            ),
            // A server of one's own may have it still.
            (["name": "claude-3-sonnet", "baseURL": "https://llm.example.com/v1"], [], nil),
            (["provider": "Replay", "name": "claude-3-sonnet", "conversationRef": ["name": "c"]], [], nil),
            (["name": "claude-opus-5"], [], nil),
        ] as [(JSONValue, [String], String?)])
    func aRetiredNameIsToldWhoeverIsAsked(model: JSONValue, keys: [String], says: String?) throws {
        let problem = ModelChoice.problem(try Self.effective(model), keys: Self.keys(keys), now: Fixture.now)
        guard let says else { return #expect(problem == nil, "\(problem?.message ?? "")") }
        #expect(problem?.reason == .invalidSpec && problem?.isUserError == true, "\(problem?.message ?? "nothing")")
        #expect(problem?.message.hasSuffix(says) == true, "\(problem?.message ?? "nothing")")
    }

    @Test func aTaskThatWasAdmittedWithARetiredNameGoesOn() async throws {
        let model = try await Self.resolve(["name": "claude-3-sonnet"], keys: .none)
        #expect(model.descriptor.isSimulated)
    }

    /// Nobody knows what such a server has but whoever runs it, so a task without a name is not admitted; one that was, by
    /// an earlier version, goes on under the name it had there.
    @Test(
        arguments: [
            ["provider": "OpenAICompatible", "baseURL": "https://llm.example.com/v1"],
            ["baseURL": "https://llm.example.com/v1"],
        ] as [JSONValue])
    func aServerOfOnesOwnWantsANameAtAdmissionAlone(model: JSONValue) async throws {
        let keys = Self.keys(["OPENAI"])
        let early = ModelChoice.problem(try Self.effective(model), keys: keys, now: Fixture.now)
        #expect(early?.reason == .invalidSpec && early?.isUserError == true)
        #expect(early?.message.contains("set spec.agent.model.name") == true)
        let admitted = try await Self.resolve(model, keys: keys, hosts: ["llm.example.com"])
        #expect(admitted.descriptor.name == "default")
    }

    /// The model, what the Secret holds, and who answers, or what is missing.
    @Test(
        arguments: [
            (["provider": "OpenAI"], ["apiKey": "k"], "OpenAI"),
            (["provider": "OpenAI"], ["OPENAI_API_KEY": "k"], "OpenAI"),
            (["name": "claude-haiku-4-5"], ["ANTHROPIC_API_KEY": "k", "OPENAI_API_KEY": "k"], "Anthropic"),
            (["name": "gpt-4"], ["OPENROUTER_API_KEY": "k"], "OpenRouter"),
            (["name": "gpt-4"], ["apiKey": "k"], "does not say whose key it holds"),
            (["provider": "Anthropic"], ["OPENAI_API_KEY": "k"], "holds no `apiKey` or `ANTHROPIC_API_KEY`"),
            (
                ["provider": "OpenAI"], ["apiKey": "k", "hosts": "llm.example.com"],
                "host api.openai.com is not allowed"
            ),
            (
                ["provider": "OpenAI", "baseURL": "https://llm.example.com/v1"],
                ["apiKey": "k", "hosts": "llm.example.com"], "OpenAI"
            ),
        ] as [(JSONValue, [String: String], String)])
    func theKeysOfASecret(model: JSONValue, secret: [String: String], outcome: String) async throws {
        var model = model
        model["credentialsSecretRef"] = ["name": "s"]
        do {
            // Whoever brings a Secret is never asked for the operator's keys.
            let resolved = try await Self.resolve(model, keys: Self.all, secret: secret)
            #expect(resolved.descriptor.provider == outcome)
            #expect(resolved.descriptor.isAtVendor != model.text.contains("baseURL"))
        } catch {
            let failure = try #require(error as? TaskFailure)
            #expect(failure.message.contains(outcome), "\(failure.message)")
        }
    }

    /// White space around a key is that of a file; inside of it nothing is guessed away, and the message tells where, not what.
    @Test(
        arguments: [
            ("sk-0000", nil, true), ("sk-0000\n", nil, true), (" sk-0000\r\n\r\n", nil, true),
            ("sk-00\n00", nil, false), ("sk-00\r\n00\r\n", nil, false), ("sk-00\t00", "other", false),
            ("sk-00\u{0}00", nil, false), ("sk-00\u{7F}00", "other", false), ("\r\n", nil, false), ("", "other", false),
        ] as [(String, String?, Bool)])
    func aKeyIsOneLine(content: String, entry: String?, isTaken: Bool) async throws {
        var model: JSONValue = ["provider": "OpenAI", "credentialsSecretRef": ["name": "s"]]
        if let entry { model["credentialsSecretRef"] = ["name": "s", "key": .string(entry)] }
        let held = Locked<[String]>([])
        do {
            _ = try await Self.resolve(
                model, keys: Self.all, secret: [entry ?? "apiKey": content]
            ) { key in held.withLock { $0.append(key) } }
            #expect(isTaken && held.withLock { $0 } == ["sk-0000"])
        } catch {
            let failure = try #require(error as? TaskFailure)
            #expect(!isTaken && failure.reason == .credentialsMissing && failure.isUserError)
            #expect(failure.message.contains("Secret s") && failure.message.contains("`\(entry ?? "apiKey")`"))
            #expect(!failure.message.contains("sk-") && held.withLock { $0 }.isEmpty)
            let isEmpty = content.allSatisfy(\.isWhitespace)
            #expect(failure.message.contains(isEmpty ? "holds no" : "as one line"), "\(failure.message)")
        }
    }

    /// An entry that holds white space alone tells no vendor.
    @Test func anEmptyEntryIsNobodysKey() async throws {
        let failure = await #expect(throws: TaskFailure.self) {
            try await Self.resolve(
                ["name": "gpt-4", "credentialsSecretRef": ["name": "s"]], keys: .none,
                secret: ["OPENAI_API_KEY": "\n"])
        }
        #expect(failure?.message.contains("does not say whose key it holds") == true)
    }

    /// Joined to one text, two lines of a file would go out as a key that the vendor refuses.
    @Test(arguments: ["sk-one\nsk-two", "sk-\r\none", "sk-\u{7F}one", "a\tb"])
    func whatNoRequestCanCarryIsNoKeyOfTheOperator(text: String) {
        let keys = OperatorKeys(environment: ["OPENAI_API_KEY": text, "ANTHROPIC_API_KEY": "\tsk-ant-00000\r\n"])
        #expect(keys.unusable == ["OPENAI_API_KEY"] && keys.vendors == [.anthropic])
        #expect(keys.key(.anthropic)?.reveal() == "sk-ant-00000")
        #expect(keys.problem?.hasPrefix("OPENAI_API_KEY is no key") == true)
        #expect(OperatorKeys(environment: ["OPENAI_API_KEY": " \n"]).unusable.isEmpty)
    }

    /// The administrator's address for OpenRouter has to be on his list as well.
    @Test(arguments: [([], false), (["router.example.com"], true)] as [(Set<String>, Bool)])
    func theOperatorsAddressOfOpenRouter(hosts: Set<String>, isAllowed: Bool) async throws {
        let keys = OperatorKeys(environment: [
            "OPENROUTER_API_KEY": "sk-or-0000", "OPENROUTER_BASE_URL": "https://router.example.com/v1",
        ])
        do {
            let model = try await Self.resolve(["provider": "OpenRouter", "name": "gpt-4"], keys: keys, hosts: hosts)
            #expect(isAllowed && !model.descriptor.isAtVendor)
        } catch {
            let failure = try #require(error as? TaskFailure)
            #expect(!isAllowed && failure.reason == .hostNotAllowed)
        }
    }

    /// Auto without a key says in the column that nothing was asked.
    @Test func theColumnTellsASimulatedRun() throws {
        let task = Fixture.task { task in
            task.spec.agent = AIOpsTask.Agent()
            task.spec.agent?.model = try? ModelSettings(jsonValue: ["name": "gpt-4"])
        }
        #expect(try Fixture.decide(task).status.display?.model == "gpt-4 (simulated)")
    }
}
