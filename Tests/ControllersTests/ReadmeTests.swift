import AIOpsAPI
import ClusterTesting
import ControllerRuntime
import FoundationEssentials
import HTTP
import HTTPTesting
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import LanguageModels
import Primitives
import Testing
import YAML

@testable import Controllers

/// What the README tells to type is what the program, the chart and the kinds take.
///
/// What needs no cluster is carried out: Secrets are made as kubectl makes them and models found by them. The rest is read and
/// held against what it names; on a cluster `ReadmeOnACluster` runs it.
@Suite struct ReadmeTests {
    private static let root = RepositoryRoot.path

    private static func page() throws -> DocumentedCommands {
        DocumentedCommands(try file("README.md"))
    }

    private static func file(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(root)/\(path)")), as: UTF8.self)
    }

    // MARK: Every command

    @Test func everyCommandNamesWhatIsThere() throws {
        let commands = try Self.page().commands
        #expect(commands.count > 20)
        for command in commands {
            let words = DocumentedCommands.words(command)
            switch words.first {
            case "make": try expectTarget(words)
            case "kubectl": try expectKubectl(words, command)
            case "helm": try expectHelm(words)
            case ".build/release/aiops-operator": #expect(["conversation"].contains(words[1]), "\(command)")
            case "skopeo", "docker": break
            default: Issue.record("no test knows this command: \(command)")
            }
        }
    }

    private func expectTarget(_ words: [String]) throws {
        let makefile = try Self.file("Makefile")
        for target in words.dropFirst() where !target.contains("=") {
            #expect(makefile.contains("\n\(target): "), "make \(target)")
        }
    }

    private func expectKubectl(_ words: [String], _ command: String) throws {
        switch words[1] {
        case "apply":
            for (flag, path) in zip(words, words.dropFirst()) where flag == "-f" || flag == "-k" {
                #expect(FileManager.default.fileExists(atPath: "\(Self.root)/\(path)"), "\(command)")
                guard path.hasSuffix(".yaml") else { continue }
                for document in try YAML.parseAll(Array(try Self.file(path).utf8)) { try expectSample(document, path) }
            }
        case "get", "wait", "patch":
            if words[2].hasPrefix("configmap") { return }
            let name = words[2...].first { !$0.hasPrefix("-") }?.split(separator: "/").first.map(String.init) ?? ""
            let kind = try #require(Self.kind(name), "\(command)")
            for word in words {
                if word.hasPrefix("jsonpath={.") { expectPath(word.dropFirst(11).dropLast(), in: kind, command) }
                if word.hasPrefix("--for=condition=") {
                    #expect(ConditionType(rawValue: String(word.dropFirst(16))) != nil, "\(command)")
                }
            }
            if words[1] == "patch" { try expectPatch(words, kind, command) }
        case "create": #expect(words[2] == "secret" && words[3] == "generic", "\(command)")
        default: Issue.record("no test knows this command: \(command)")
        }
    }

    private static func kind(_ name: String) -> CustomResource? {
        CustomResource.all.first {
            [$0.type.plural, String($0.type.plural.dropLast()), $0.shortName].contains(name)
        }
    }

    private func expectSample(_ document: JSONValue, _ path: String) throws {
        switch document["kind"]?.stringValue {
        case "AIOpsTask": #expect(try AIOpsTask(jsonValue: document).spec.validate().isEmpty, "\(path)")
        case "WorkerPool": #expect(try WorkerPool(jsonValue: document).spec.validate().isEmpty, "\(path)")
        default: Issue.record("\(path) holds a \(document["kind"]?.text ?? "thing")")
        }
    }

    /// Each step of a path is a field of the kind's schema.
    private func expectPath(_ path: Substring, in kind: CustomResource, _ command: String) {
        var schema = kind.root
        for step in path.split(separator: ".") {
            let name = step.prefix { $0 != "[" }
            guard case .object(let properties) = schema.shape,
                let property = properties.first(where: { $0.name == name })
            else {
                Issue.record("there is no \(step) in \(command)")
                return
            }
            schema = property.schema
            if case .list(let element, _, _) = schema.shape { schema = element }
        }
    }

    private func expectPatch(_ words: [String], _ kind: CustomResource, _ command: String) throws {
        let place = try #require(words.firstIndex(of: "-p"), "\(command)")
        let patch = try JSONValue(parsing: Array(words[place + 1].utf8))
        guard kind.type == WorkerPool.resourceType else {
            let spec = JSONMergePatch.apply(patch["spec"] ?? [:], to: Fixture.task().spec.jsonValue())
            #expect(try AIOpsTask.Spec(jsonValue: spec).validate().isEmpty, "\(command)")
            return
        }
        let spec = try WorkerPool.Spec(
            jsonValue: JSONMergePatch.apply(patch["spec"] ?? [:], to: Fixture.pool().spec.jsonValue()))
        #expect(spec.validate().isEmpty && spec.unserved().isEmpty, "\(command)")
        #expect(spec.effective() != Fixture.pool().spec.effective(), "\(command) changes nothing")
    }

    /// The chart is where it is said, and has every value that is set.
    private func expectHelm(_ words: [String]) throws {
        #expect(words.contains("charts/aiops-operator"))
        let schema = try JSONValue(parsing: Array(try Self.file("charts/aiops-operator/values.schema.json").utf8))
        for (flag, setting) in zip(words, words.dropFirst()) where flag == "--set" {
            var place: JSONValue? = schema
            for step in setting.prefix(while: { $0 != "=" }).split(separator: ".") {
                place = place?["properties"]?[String(step)]
            }
            #expect(place != nil, "the chart has no value \(setting)")
        }
    }

    // MARK: The three ways to give a key

    private struct Desk {
        let bench = Bench()
        let keys: Locked<[String]> = Locked([])

        func resolve(_ model: EffectiveModel, operatorKeys: OperatorKeys = .none) async throws -> any LanguageModel {
            try await ModelResolver(
                client: bench.client, transport: ScriptedTransport(), time: bench.time,
                allowedHosts: OperatorSettings.vendorHosts, keys: operatorKeys,
                holdSecret: { key in keys.withLock { $0.append(key) } }
            ).resolve(model, namespace: "demo", poolNamespace: "demo")
        }

        /// Makes the Secret of `kubectl create secret generic NAME --type=… --from-literal=k=v…`.
        func create(_ command: String) throws -> [String: String] {
            let words = DocumentedCommands.words(command)
            var data: JSONObject = [:]
            var plain: [String: String] = [:]
            var type = "Opaque"
            for word in words {
                if word.hasPrefix("--type=") { type = String(word.dropFirst(7)) }
                guard word.hasPrefix("--from-literal=") else { continue }
                let parts = word.dropFirst(15).split(separator: "=", maxSplits: 1)
                plain[String(parts[0])] = String(parts[1])
                data[String(parts[0])] = .string(Base64.encode(Array(parts[1].utf8)))
            }
            let secret: JSONValue = [
                "metadata": ["name": .string(words[4]), "namespace": "demo"], "type": .string(type),
                "data": .object(data),
            ]
            bench.server.put(KubernetesModel.Secret.resourceType, secret)
            return plain
        }
    }

    private static func ways() throws -> DocumentedCommands.Section {
        try #require(try page().section("Use a model"))
    }

    @Test func aSecretInTheTasksNamespaceGivesTheKey() async throws {
        let ways = try Self.ways()
        let desk = Desk()
        let key = try desk.create(try #require(ways.commands.first))
        let spec = try YAML.parse(Array(try #require(ways.examples.first).utf8))["spec"] ?? [:]
        let task = try AIOpsTask.Spec(
            jsonValue: JSONMergePatch.apply(spec, to: ["problem": ["id": .string(Fixture.detection)]]))
        #expect(task.validate().isEmpty)
        let model = try await desk.resolve(try #require(task.effective()).model)
        #expect(model.descriptor.provider == "OpenAI" && model.descriptor.name == "gpt-4.1-mini")
        #expect(PriceTable.builtIn.price(of: model.descriptor, at: Fixture.now) != nil)
        #expect(desk.keys.withLock { $0 } == Array(key.values))
    }

    @Test func theSameLinesInAPoolGiveTheKey() async throws {
        let ways = try Self.ways()
        let desk = Desk()
        let key = try desk.create(try #require(ways.commands.first))
        let lines = try YAML.parse(Array(try #require(ways.examples.first).utf8))["spec"]?["agent"]?["model"] ?? [:]
        let pool = try WorkerPool.Spec(jsonValue: ["modelDefaults": lines])
        #expect(pool.validate().isEmpty && pool.unserved().isEmpty)
        let task = try AIOpsTask.Spec(jsonValue: ["problem": ["id": .string(Fixture.detection)]])
        let settings = try #require(task.effective(pool: pool)).model
        #expect(settings.credentialsOwner == .pool)
        let model = try await desk.resolve(settings)
        #expect(model.descriptor.provider == "OpenAI" && desk.keys.withLock { $0 } == Array(key.values))
    }

    @Test func theOperatorsKeysServeWhoNamesNone() async throws {
        let ways = try Self.ways()
        let desk = Desk()
        let environment = try desk.create(try #require(ways.commands.first { $0.contains("vendor-keys") }))
        let keys = OperatorKeys(environment: environment)
        #expect(keys.vendors == [.others])
        let task = try AIOpsTask.Spec(jsonValue: ["problem": ["id": .string(Fixture.detection)]])
        let model = try await desk.resolve(try #require(task.effective()).model, operatorKeys: keys)
        #expect(model.descriptor.provider == "OpenRouter" && !model.descriptor.isSimulated)
        // The Secret that the command makes is the one that the chart is told of.
        #expect(ways.commands.contains { $0.contains("operatorModelKeys.secretName=vendor-keys") })
    }

    // MARK: The table of models

    /// Each row of the README names a provider, a default that the table knows, and a price that is known for it.
    @Test func theTableOfModelsIsTrue() throws {
        let rows = try Self.file("README.md").split(separator: "\n").filter { $0.hasPrefix("| `") }
            .map { $0.split(separator: "|").map { $0.filter { $0 != "`" && $0 != " " } } }
            .filter { $0.count >= 3 && ModelProvider.known.map(\.rawValue).contains($0[0]) }
        #expect(Set(rows.map { $0[0] }) == Set(ModelProvider.known.map(\.rawValue)))
        for row in rows {
            guard let vendor = ModelFacts.Vendor(rawValue: row[0]) else { continue }
            var settings = ModelSettings()
            settings.provider = ModelProvider(rawValue: row[0])
            let effective = try #require(
                try AIOpsTask.Spec(jsonValue: [
                    "problem": ["id": .string(Fixture.detection)], "agent": ["model": settings.jsonValue()],
                ]).effective()
            ).model
            let choice = try ModelChoice(effective, vendors: [vendor], now: Fixture.now)
            #expect(row[1] == choice.name ?? "", "\(row[0])")
            let descriptor = ModelDescriptor(provider: row[0], name: choice.name ?? "")
            #expect(PriceTable.builtIn.price(of: descriptor, at: Fixture.now) != nil, "\(row[0])")
        }
    }
}
