import AIOpsAPI
import JSON
import KubernetesModel
import KubernetesTesting

extension Lifecycle {
    /// Two tasks on two workers, and money for one of them in each window: the second waits until the clock brings the next.
    package static let budget: Lifecycle = {
        var lifecycle = Lifecycle(
            name: "pool-budget",
            setUp: { world in
                var pool = makePool(replicas: 2)
                var budget = WorkerPool.Budget()
                budget.maxCost = "0.5"
                budget.windowSeconds = 300
                pool.spec.budget = budget
                world.server.put(pool)
                world.server.put(ScriptedProvider.prices(named: "prices", in: "demo"))
                for name in [task.name, waiting.name] {
                    world.server.put(
                        makeTask(name) { task in
                            var limits = AIOpsTask.Limits()
                            limits.maxCost = "0.5"
                            task.spec.limits = limits
                        })
                }
            },
            isOver: { world in
                let spend = world.server.object(WorkerPool.resourceType, poolKey)?["status"]?["spend"]
                return world.isCleanedUp(task) && world.isCleanedUp(waiting) && spend?["grants"] == nil
            })
        lifecycle.priceTable = "prices"
        return lifecycle
    }()

    private static let waiting = ObjectKey(namespace: "demo", name: "u")
}
