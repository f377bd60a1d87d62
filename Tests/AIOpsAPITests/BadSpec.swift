import AIOpsAPI
import JSON
import Testing

/// A spec with one thing wrong, and what is to be said about it.
struct BadSpec: Sendable, CustomTestStringConvertible {
    var name: String
    var spec: JSONValue
    var path: String
    var message: String
    /// False where a server without CEL refuses it too, by the schema alone.
    var isRule = true

    var testDescription: String { name }

    static let good: JSONValue = ["problem": ["id": "noop_detection_shop_lite-1"]]

    /// The good spec with `changes` merged in.
    static func task(_ changes: JSONValue) -> JSONValue { JSONMergePatch.apply(changes, to: good) }

    static let tasks: [BadSpec] = [
        BadSpec(
            name: "no work", spec: [:], path: "spec",
            message: "set exactly one of spec.problem, spec.query, spec.workflow, spec.dispatch; found none"),
        BadSpec(
            name: "two kinds of work", spec: task(["query": ["message": "why?"]]), path: "spec",
            message:
                "set exactly one of spec.problem, spec.query, spec.workflow, spec.dispatch; found problem and query"),
        BadSpec(
            name: "priority 9", spec: task(["priority": 9]), path: "spec.priority",
            message: "must be from 1 to 5; found 9", isRule: false),
        BadSpec(
            name: "priority 0", spec: task(["priority": 0]), path: "spec.priority",
            message: "must be from 1 to 5; found 0", isRule: false),
        BadSpec(
            name: "unknown provider", spec: task(["agent": ["model": ["provider": "Martian"]]]),
            path: "spec.agent.model.provider",
            message: """
                must be one of Auto, OpenAI, Anthropic, OpenRouter, OpenAICompatible, Simulated, Replay; found "Martian"
                """, isRule: false),
        BadSpec(
            name: "compatible without address", spec: task(["agent": ["model": ["provider": "OpenAICompatible"]]]),
            path: "spec.agent.model", message: "set baseURL: provider OpenAICompatible has no address of its own"),
        BadSpec(
            name: "address that is none",
            spec: task(["agent": ["model": ["provider": "OpenAICompatible", "baseURL": "ollama:11434"]]]),
            path: "spec.agent.model.baseURL",
            message: "must be an absolute http or https address without user name and fragment", isRule: false),
        BadSpec(
            name: "replay of nothing", spec: task(["agent": ["model": ["provider": "Replay"]]]),
            path: "spec.agent.model", message: "set conversationRef exactly when provider is Replay"),
        BadSpec(
            name: "temperature 2.5", spec: task(["agent": ["model": ["temperature": "2.5"]]]),
            path: "spec.agent.model.temperature", message: #"set temperature to a decimal from "0" to "2"; found 2.5"#),
        BadSpec(
            name: "temperature below zero", spec: task(["agent": ["model": ["temperature": "-1"]]]),
            path: "spec.agent.model.temperature", message: #"must be a decimal number as text, like "0.7""#,
            isRule: false),
        BadSpec(
            name: "topP 1.1", spec: task(["agent": ["model": ["topP": "1.1"]]]),
            path: "spec.agent.model.topP", message: #"set topP to a decimal from "0" to "1"; found 1.1"#),
        BadSpec(
            name: "role without a role", spec: task(["agent": ["strategy": "Role"]]), path: "spec.agent",
            message: "set spec.agent.role: strategy Role needs one unless spec.workflow names the roles"),
        BadSpec(
            name: "dispatch with an agent",
            spec: ["dispatch": ["pattern": "a"], "agent": ["strategy": "React"]], path: "spec.agent",
            message: "remove spec.agent: the agent of spec.dispatch is the external one"),
        BadSpec(
            name: "Passed without grading", spec: ["query": ["message": "why?"], "successPolicy": "Passed"],
            path: "spec.successPolicy",
            message: "use successPolicy Passed only with spec.problem: nothing else is graded"),
        BadSpec(
            name: "workflow without steps", spec: ["workflow": ["goal": "g"]], path: "spec.workflow",
            message: "give the workflow at least one step with a name and a role"),
        BadSpec(
            name: "two steps of one name",
            spec: [
                "workflow": [
                    "goal": "g", "steps": [["name": "a", "role": "QA"], ["name": "a", "role": "Data"]],
                ]
            ],
            path: "spec.workflow.steps[1]", message: "must differ from those before it", isRule: false),
        BadSpec(
            name: "existing without settings", spec: task(["environment": ["type": "Existing"]]),
            path: "spec.environment", message: "set environment.existing exactly when environment.type is Existing"),
        BadSpec(
            name: "existing settings elsewhere",
            spec: task(["environment": ["existing": ["namespace": "shop", "serviceAccountName": "viewer"]]]),
            path: "spec.environment", message: "set environment.existing exactly when environment.type is Existing"),
        BadSpec(
            name: "nobody to act as",
            spec: task(["environment": ["type": "Existing", "existing": ["namespace": "shop"]]]),
            path: "spec.environment.existing",
            message: "set exactly one of serviceAccountName and kubeconfigSecretRef: the agent acts as one of them"),
        BadSpec(
            name: "kind settings elsewhere",
            spec: task(["environment": ["type": "Namespace", "kind": ["workers": 1]]]), path: "spec.environment",
            message: "set environment.kind only when environment.type is Kind"),
        BadSpec(
            name: "no steps at all", spec: task(["limits": ["maxSteps": 0]]), path: "spec.limits.maxSteps",
            message: "must be from 1 to 1000; found 0", isRule: false),
        BadSpec(
            name: "money as words", spec: task(["limits": ["maxCost": "a dollar"]]), path: "spec.limits.maxCost",
            message: #"must be a decimal number as text, like "0.7""#, isRule: false),
        BadSpec(
            name: "problem without id", spec: ["problem": [:]], path: "spec.problem.id", message: "must not be empty",
            isRule: false),
        BadSpec(
            name: "parameter of an endless name",
            spec: task(["problem": ["parameters": [String(repeating: "k", count: 318): "v"]]]),
            path: "spec.problem.parameters", message: "keys must have at most 317 characters"),
        BadSpec(
            name: "tools beyond count", spec: task(["agent": ["tools": .array((0..<33).map { .string("t\($0)") })]]),
            path: "spec.agent.tools", message: "must have at most 32 entries; has 33", isRule: false),
        BadSpec(
            name: "endless question", spec: ["query": ["message": .string(String(repeating: "?", count: 16_385))]],
            path: "spec.query.message", message: "must have at most 16384 characters; has 16385", isRule: false),
        BadSpec(
            name: "callback to a file", spec: task(["callback": ["url": "file:///etc/passwd"]]),
            path: "spec.callback.url",
            message: "must be an absolute http or https address without user name and fragment", isRule: false),
    ]

    static let pools: [BadSpec] = [
        BadSpec(
            name: "HTTP without endpoints", spec: ["workers": ["backend": "HTTP"]], path: "spec.workers",
            message: "set workers.endpoints exactly when workers.backend is HTTP"),
        BadSpec(
            name: "endpoints without HTTP", spec: ["workers": ["endpoints": [["url": "http://a"]]]],
            path: "spec.workers", message: "set workers.endpoints exactly when workers.backend is HTTP"),
        BadSpec(
            name: "warmer than whole", spec: ["environments": ["warm": 3, "maxTotal": 2]],
            path: "spec.environments.warm",
            message: "set environments.warm no higher than environments.maxTotal; found 3 of 2"),
        BadSpec(
            name: "pool on an existing environment", spec: ["environments": ["type": "Existing"]],
            path: "spec.environments.type",
            message: "use Namespace or Kind: an existing environment is named by each task"),
        BadSpec(
            name: "budget of nothing", spec: ["budget": ["windowSeconds": 60]], path: "spec.budget",
            message: "set budget.maxCost, or remove the budget"),
        BadSpec(
            name: "selector without labels", spec: ["allowedNamespaces": ["from": "Selector"]],
            path: "spec.allowedNamespaces",
            message: "set allowedNamespaces.matchLabels exactly when allowedNamespaces.from is Selector"),
        BadSpec(
            name: "negative replicas", spec: ["workers": ["replicas": -1]], path: "spec.workers.replicas",
            message: "must be from 0 to 1000; found -1", isRule: false),
        BadSpec(
            name: "compatible defaults without address", spec: ["modelDefaults": ["provider": "OpenAICompatible"]],
            path: "spec.modelDefaults", message: "set baseURL: provider OpenAICompatible has no address of its own"),
    ]
}
