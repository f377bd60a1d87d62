import AIOpsAPI
import Controllers
import JSON
import KubernetesModel
import Testing

/// Every field that the API accepts is used or refused by name; none is silently ignored.
///
/// The tables name each field of the schema: a new one fails here until somebody has decided.
@Suite struct ServedFieldsTests {
    enum Treatment: Sendable {
        /// This change makes a difference to what is run.
        case used(JSONValue)
        /// This change is refused, and the refusal names the field, or what it belongs to.
        case refused(JSONValue, String)
        /// Means something only together with a field that is refused.
        case moot(String)
    }

    private static let base: JSONValue = ["problem": ["id": .string(Fixture.detection)]]
    private static let compatible: JSONValue = [
        "provider": "OpenAICompatible", "baseURL": "http://a/v1", "name": "a",
    ]

    private static func model(_ change: JSONValue) -> JSONValue { JSONMergePatch.apply(change, to: compatible) }

    static let task: [String: Treatment] = [
        "problem.id": .used(["problem": ["id": "noop_detection_shop_lite-1"]]),
        "problem.parameters": .used(["problem": ["parameters": ["a": "b"]]]),
        "query.message": .refused(["problem": nil, "query": ["message": "?"]], "spec.query"),
        "query.serviceID": .moot("query.message"), "query.sessionID": .moot("query.message"),
        "workflow.goal": .refused(
            ["problem": nil, "workflow": ["goal": "g", "steps": [["name": "a", "role": "Architect"]]]], "spec.workflow"),
        "workflow.steps.name": .moot("workflow.goal"), "workflow.steps.role": .moot("workflow.goal"),
        "workflow.steps.instructions": .moot("workflow.goal"),
        "dispatch.pattern": .refused(["problem": nil, "dispatch": ["pattern": "a"]], "spec.dispatch"),
        "dispatch.payload": .moot("dispatch.pattern"),
        "agent.strategy": .used(["agent": ["strategy": "Shell"]]),
        "agent.role": .refused(["agent": ["role": "Architect"]], "spec.agent.role"),
        "agent.model.provider": .used(["agent": ["model": compatible]]),
        "agent.model.name": .used(["agent": ["model": model(["name": "m"])]]),
        "agent.model.temperature": .used(["agent": ["model": model(["temperature": "0.5"])]]),
        "agent.model.topP": .used(["agent": ["model": model(["topP": "0.5"])]]),
        "agent.model.maxTokens": .used(["agent": ["model": model(["maxTokens": 9])]]),
        "agent.model.seed": .used(["agent": ["model": ["seed": 9]]]),
        "agent.model.baseURL": .used(["agent": ["model": model(["baseURL": "http://b/v1"])]]),
        "agent.model.credentialsSecretRef.name": .used(
            ["agent": ["model": model(["credentialsSecretRef": ["name": "s"]])]]),
        "agent.model.credentialsSecretRef.key": .used(
            ["agent": ["model": model(["credentialsSecretRef": ["name": "s", "key": "k"]])]]),
        "agent.model.conversationRef.name": .used(
            ["agent": ["model": ["provider": "Replay", "conversationRef": ["name": "c"]]]]),
        "agent.toolStyle": .used(["agent": ["toolStyle": "Native"]]),
        "agent.tools": .used(["agent": ["tools": ["exec_shell"]]]),
        "environment.type": .used(["environment": ["type": "Kind"]]),
        "environment.existing.namespace": .refused(
            ["environment": ["type": "Existing", "existing": ["namespace": "a", "serviceAccountName": "b"]]],
            "spec.environment.type Existing"),
        "environment.existing.serviceAccountName": .moot("environment.existing.namespace"),
        "environment.existing.kubeconfigSecretRef.name": .moot("environment.existing.namespace"),
        "environment.existing.kubeconfigSecretRef.key": .moot("environment.existing.namespace"),
        "environment.kind.nodeImage": .used(["environment": ["type": "Kind", "kind": ["nodeImage": "a"]]]),
        "environment.kind.workers": .used(["environment": ["type": "Kind", "kind": ["workers": 2]]]),
        "environment.retention.onSuccessSeconds": .used(["environment": ["retention": ["onSuccessSeconds": 9]]]),
        "environment.retention.onFailureSeconds": .used(["environment": ["retention": ["onFailureSeconds": 9]]]),
        "environment.podSecurity": .used(["environment": ["podSecurity": "Required"]]),
        "environment.requireNetworkIsolation": .used(["environment": ["requireNetworkIsolation": true]]),
        "limits.maxSteps": .used(["limits": ["maxSteps": 9]]),
        "limits.timeoutSeconds": .used(["limits": ["timeoutSeconds": 9]]),
        "limits.startDeadlineSeconds": .used(["limits": ["startDeadlineSeconds": 9]]),
        "limits.maxTokens": .used(["limits": ["maxTokens": 9]]),
        "limits.maxCost": .used(["limits": ["maxCost": "0.5"]]),
        "priority": .used(["priority": 5]),
        "poolRef.name": .used(["poolRef": ["name": "fast"]]),
        "poolRef.namespace": .used(["poolRef": ["name": "default", "namespace": "ops"]]),
        "retry.limit": .refused(["retry": ["limit": 1]], "spec.retry.limit"),
        "retry.on": .moot("retry.limit"), "retry.backoffSeconds": .moot("retry.limit"),
        "approval.policy": .refused(["approval": ["policy": "Always"]], "spec.approval"),
        "approval.timeoutSeconds": .moot("approval.policy"), "approval.onTimeout": .moot("approval.policy"),
        "successPolicy": .used(["successPolicy": "Passed"]),
        "cache": .refused(["cache": "Use"], "spec.cache"),
        "callback.url": .refused(["callback": ["url": "https://a"]], "spec.callback"),
        "callback.secretRef.name": .moot("callback.url"), "callback.secretRef.key": .moot("callback.url"),
        "seed": .used(["seed": 9]), "suspend": .used(["suspend": true]), "cancel": .used(["cancel": "Graceful"]),
        "ttlSecondsAfterFinished": .used(["ttlSecondsAfterFinished": 9]),
        "conversation.retain": .used(["conversation": ["retain": "Keep"]]),
    ]

    static let pool: [String: Treatment] = {
        var fields: [String: Treatment] = [
            "workers.backend": .refused(["workers": ["backend": "Deployment"]], "spec.workers.backend Deployment"),
            "workers.replicas": .used(["workers": ["replicas": 9]]),
            "workers.maxTasksPerWorker": .used(["workers": ["maxTasksPerWorker": 9]]),
            "workers.image": .refused(["workers": ["image": "a"]], "spec.workers.image"),
            "workers.resources.requests": .refused(
                ["workers": ["resources": ["requests": ["cpu": "1"]]]], "spec.workers.resources"),
            "workers.resources.limits": .refused(
                ["workers": ["resources": ["limits": ["cpu": "1"]]]], "spec.workers.resources"),
            "workers.nodeSelector": .refused(["workers": ["nodeSelector": ["a": "b"]]], "spec.workers.nodeSelector"),
            "workers.serviceAccountName": .refused(
                ["workers": ["serviceAccountName": "a"]], "spec.workers.serviceAccountName"),
            "workers.endpoints.url": .refused(
                ["workers": ["backend": "HTTP", "endpoints": [["url": "https://a"]]]], "spec.workers.backend HTTP"),
            "workers.endpoints.weight": .moot("workers.endpoints.url"),
            "workers.endpoints.maxConnections": .moot("workers.endpoints.url"),
            "routes.pattern": .used(["routes": [["pattern": "a"]]]),
            "routes.work": .used(["routes": [["pattern": "*", "work": "Query"]]]),
            "routes.matchLabels": .used(["routes": [["pattern": "*", "matchLabels": ["a": "b"]]]]),
            "routes.timeoutSeconds": .used(["routes": [["pattern": "*", "timeoutSeconds": 9]]]),
            "routes.priority": .used(["routes": [["pattern": "*", "priority": 5]]]),
            "balancing": .used(["balancing": "LeastConnections"]),
            "queue.maxSize": .used(["queue": ["maxSize": 9]]),
            "queue.fairness": .used(["queue": ["fairness": "None"]]),
            "queue.ageingSeconds": .used(["queue": ["ageingSeconds": 9]]),
            "environments.type": .used(["environments": ["type": "Kind"]]),
            "environments.warm": .refused(["environments": ["warm": 1]], "spec.environments.warm"),
            "environments.maxTotal": .used(["environments": ["maxTotal": 1]]),
            "environments.kind.nodeImage": .used(["environments": ["type": "Kind", "kind": ["nodeImage": "a"]]]),
            "environments.kind.config": .used(["environments": ["type": "Kind", "kind": ["config": "a: b"]]]),
            "budget.maxCost": .used(["budget": ["maxCost": "1"]]),
            "budget.windowSeconds": .used(["budget": ["maxCost": "1", "windowSeconds": 60]]),
            "allowedNamespaces.from": .used(["allowedNamespaces": ["from": "All"]]),
            "allowedNamespaces.matchLabels": .refused(
                ["allowedNamespaces": ["from": "Selector", "matchLabels": ["a": "b"]]],
                "spec.allowedNamespaces.from Selector"),
            "stopPolicy": .refused(["stopPolicy": "HoldAndDrain"], "spec.stopPolicy HoldAndDrain"),
        ]
        for (group, names) in [
            ("healthCheck", ["intervalSeconds", "timeoutSeconds"]),
            ("retry", ["limit", "initialDelaySeconds", "multiplier"]),
        ] {
            for name in names { fields["\(group).\(name)"] = .refused([group: [name: 2]], "spec.\(group)") }
        }
        for (group, names) in [
            ("rateLimit", ["requestsPerMinute", "burst", "tokensPerMinute"]),
            ("circuitBreaker", ["failureThreshold", "openSeconds", "halfOpenProbes"]),
            ("providerRetry", ["patienceSeconds", "maxDelaySeconds", "lostReplies"]),
        ] {
            for name in names { fields["\(group).\(name)"] = .used([group: [name: 2]]) }
        }
        fields["providerRetry.initialDelaySeconds"] = .used(["providerRetry": ["initialDelaySeconds": 3]])
        fields["healthCheck.path"] = .refused(["healthCheck": ["path": "/a"]], "spec.healthCheck")
        fields["retry.deadLetter"] = .moot("retry.limit")
        for (path, treatment) in task where path.hasPrefix("agent.model.") {
            let name = "modelDefaults." + path.dropFirst("agent.model.".count)
            switch treatment {
            case .used(let change): fields[name] = .used(["modelDefaults": change["agent"]?["model"] ?? [:]])
            // Refused where a task would use it.
            case .refused, .moot: fields[name] = .moot("stopPolicy")
            }
        }
        return fields
    }()

    @Test func theTablesNameEveryField() {
        #expect(Set(Self.leaves(AIOpsTask.Spec.schema)) == Set(Self.task.keys))
        #expect(Set(Self.leaves(WorkerPool.Spec.schema)) == Set(Self.pool.keys))
    }

    @Test func everyFieldOfATaskIsUsedOrRefused() throws {
        let plain = try AIOpsTask.Spec(jsonValue: Self.base)
        for (path, treatment) in Self.task {
            switch treatment {
            case .used(let change):
                let changed = try AIOpsTask.Spec(jsonValue: JSONMergePatch.apply(change, to: Self.base))
                #expect(changed.validate().isEmpty && changed.unserved(pool: nil).isEmpty, "\(path)")
                #expect(changed.effective() != plain.effective(), "\(path)")
            case .refused(let change, let name):
                let spec = try AIOpsTask.Spec(jsonValue: JSONMergePatch.apply(change, to: Self.base))
                let status = try Fixture.decide(Fixture.task { $0.spec = spec }).status
                let condition = status.conditions.get(.succeeded)
                #expect(status.phase == .failed && condition?.reason == Reason.notSupported.rawValue, "\(path)")
                #expect(condition?.message.contains(name) == true, "\(path): \(condition?.message ?? "")")
            case .moot(let other):
                guard case .refused = Self.task[other] else {
                    Issue.record("\(path): \(other) is not refused"); continue
                }
            }
        }
    }

    @Test func everyFieldOfAPoolIsUsedOrRefused() throws {
        let task = try AIOpsTask.Spec(jsonValue: Self.base)
        for (path, treatment) in Self.pool {
            switch treatment {
            case .used(let change):
                let changed = try WorkerPool.Spec(jsonValue: change)
                #expect(changed.validate().isEmpty && changed.unserved().isEmpty, "\(path)")
                let isDifferent =
                    path.hasPrefix("modelDefaults") || path.hasPrefix("environments.kind")
                    ? task.effective(pool: changed) != task.effective()
                    : changed.effective() != WorkerPool.Spec().effective()
                #expect(isDifferent, "\(path)")
            case .refused(let change, let name):
                let problems = try WorkerPool.Spec(jsonValue: change).unserved()
                #expect(problems.summary.contains(name), "\(path): \(problems.summary)")
            case .moot(let other):
                guard case .refused = Self.pool[other] else {
                    Issue.record("\(path): \(other) is not refused"); continue
                }
            }
        }
    }

    /// Settings of a cluster without a cluster would be silently ignored where the pool's type decides.
    @Test func settingsOfAClusterNeedOne() throws {
        let change: JSONValue = ["environment": ["kind": ["workers": 2]]]
        let spec = try AIOpsTask.Spec(jsonValue: JSONMergePatch.apply(change, to: Self.base))
        let condition = try Fixture.decide(Fixture.task { $0.spec = spec }).status.conditions.get(.succeeded)
        #expect(condition?.reason == Reason.notSupported.rawValue)
        #expect(condition?.message.contains("spec.environment.kind") == true)
        let pool = Fixture.pool {
            $0.spec.environments = WorkerPool.Environments()
            $0.spec.environments?.type = .kind
        }
        #expect(spec.unserved(pool: pool.spec).isEmpty)
    }

    /// What a pool's defaults bring is refused at the task that would run by them.
    @Test func aTaskIsNotRunByDefaultsThatAreNotServed() throws {
        let defaults = try ModelSettings(
            jsonValue: ["provider": "Simulated", "credentialsSecretRef": ["name": "s"]])
        let pool = Fixture.pool { $0.spec.modelDefaults = defaults }
        let status = try Fixture.decide(Fixture.task(), pool: .found(pool)).status
        #expect(status.conditions.get(.succeeded)?.reason == Reason.notSupported.rawValue)
    }

    private static func leaves(_ schema: Schema, _ path: [String] = []) -> [String] {
        switch schema.shape {
        case .object(let properties): properties.flatMap { leaves($0.schema, path + [$0.name]) }
        case .list(let element, _, _):
            if case .object = element.shape { leaves(element, path) } else { [path.joined(separator: ".")] }
        default: [path.joined(separator: ".")]
        }
    }
}
