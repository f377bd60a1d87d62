package import AIOpsAPI
import JSON
package import KubernetesModel
import KubernetesTesting
import Primitives

/// What a user does with one kind, from the first `kubectl apply` to the clean cluster: the workload of a plan.
package struct Lifecycle: Sendable {
    /// One thing that the user does, as soon as it is time for it.
    package struct Step: Sendable {
        package var name: String
        package var isDue: @Sendable (World) -> Bool
        package var act: @Sendable (World) -> Void

        package init(
            _ name: String, when isDue: @escaping @Sendable (World) -> Bool, _ act: @escaping @Sendable (World) -> Void
        ) {
            self.name = name
            self.isDue = isDue
            self.act = act
        }
    }

    package var name: String
    package var isMitigation = false
    package var providerAnswers = ScriptedProvider.Answers.sensibly
    /// The ConfigMap with prices that the operator goes by.
    package var priceTable: String?
    /// How long the model thinks about a reply.
    package var modelLatency = Duration.seconds(2)
    /// True where the user or the clock interrupts the run: how far it came then is a matter of moments.
    package var outcomeVaries = false
    /// Phases it may then end in besides that of the clean run.
    package var outcomes: Set<String> = []
    package var setUp: @Sendable (World) -> Void
    package var script: [Step] = []
    package var isOver: @Sendable (World) -> Bool

    /// The key of the one task of most lifecycles.
    package static let task = ObjectKey(namespace: "demo", name: "t")
    package static let poolKey = ObjectKey(namespace: "demo", name: "default")
}

extension Lifecycle {
    package static func problem(isMitigation: Bool) -> String {
        "shop_lite_target_port-misconfig-\(isMitigation ? "mitigation" : "detection")-1"
    }

    package static func makeTask(
        _ name: String = "t", isMitigation: Bool = false, edit: (inout AIOpsTask) -> Void = { _ in }
    ) -> AIOpsTask {
        var spec = AIOpsTask.Spec()
        var work = AIOpsTask.ProblemWork()
        work.id = problem(isMitigation: isMitigation)
        spec.problem = work
        var model = ModelSettings()
        model.provider = .openAICompatible
        model.name = "scripted"
        model.baseURL = ScriptedProvider.baseURL
        var agent = AIOpsTask.Agent()
        agent.model = model
        spec.agent = agent
        var task = AIOpsTask(metadata: ObjectMeta(name: name, namespace: "demo"), spec: spec)
        edit(&task)
        return task
    }

    package static func makePool(replicas: Int = 1) -> WorkerPool {
        var workers = WorkerPool.Workers()
        workers.replicas = replicas
        var spec = WorkerPool.Spec()
        spec.workers = workers
        return WorkerPool(metadata: ObjectMeta(name: "default", namespace: "demo"), spec: spec)
    }

    /// A task and its pool, until the task is over and everything made for it is gone.
    package static func oneTask(
        _ name: String, isMitigation: Bool = false, outcomeVaries: Bool = false, replicas: Int = 1,
        edit: @escaping @Sendable (inout AIOpsTask) -> Void = { _ in }
    ) -> Lifecycle {
        Lifecycle(
            name: name, isMitigation: isMitigation, outcomeVaries: outcomeVaries,
            setUp: { world in
                world.server.put(makePool(replicas: replicas))
                world.server.put(makeTask(isMitigation: isMitigation, edit: edit))
            }, isOver: { $0.isCleanedUp(task) })
    }

    func adding(_ step: Step) -> Lifecycle {
        var copy = self
        copy.script.append(step)
        return copy
    }

    func renamed(_ name: String) -> Lifecycle {
        var copy = self
        copy.name = name
        return copy
    }

    func until(_ isOver: @escaping @Sendable (World) -> Bool) -> Lifecycle {
        var copy = self
        copy.isOver = isOver
        return copy
    }
}

extension World {
    package func phase(_ key: ObjectKey) -> String? {
        server.object(AIOpsTask.resourceType, key).map { $0["status"]?["phase"]?.stringValue ?? "Pending" }
    }

    package func condition(_ type: String, of kind: ResourceType, _ key: ObjectKey) -> String? {
        let conditions = server.object(kind, key)?["status"]?["conditions"]?.arrayValue ?? []
        return conditions.first { $0["type"]?.stringValue == type }?["status"]?.stringValue
    }

    /// True also for a task that does not exist any more.
    package func isCleanedUp(_ key: ObjectKey) -> Bool {
        guard let phase = phase(key) else { return true }
        return ["Succeeded", "Failed", "Cancelled"].contains(phase)
            && condition("CleanedUp", of: AIOpsTask.resourceType, key) == "True"
    }

    /// Effects of all processes so far.
    package var effects: Int { state.withLock { $0.moment.effects } }

    package func isGone(_ key: ObjectKey) -> Bool { server.object(AIOpsTask.resourceType, key) == nil }

    /// As `kubectl patch` does it: the spec alone, and a new generation.
    func patch(_ type: ResourceType, _ key: ObjectKey, _ patch: JSONValue) {
        server.edit(type, key, patch)
    }
}
