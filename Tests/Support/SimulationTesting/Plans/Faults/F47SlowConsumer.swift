import AIOpsAPI
import JSON
import KubernetesModel
import KubernetesTesting
import Primitives

extension Plan {
    /// F47: a thousand changes a second of one object while every write of ours takes a minute; events are folded by key, so
    /// there are few reconciles, and the watch is read on.
    package static let slowConsumer = Plan(
        "F47", "1,000 changes a second while each write takes a minute", over: [.detection], beginAlike: false,
        judge: { run, _ in
            run.violations + run.triesAMinute(atMost: 200)
                + (run.lists <= 4
                    ? []
                    : [
                        Violation(.progress, "the watch was given up: \(run.lists) lists")
                    ])
        }
    ) { lifecycle, _, seed in
        var busy = lifecycle
        let setUp = lifecycle.setUp
        busy.setUp = { world in
            setUp(world)
            for millisecond in 1...3000 {
                world.schedule(after: .milliseconds(millisecond)) { [unowned world] in
                    world.server.edit(
                        AIOpsTask.resourceType, Lifecycle.task,
                        ["metadata": ["annotations": ["example.dev/tick": .string(String(millisecond))]]])
                    world.absorb()
                }
            }
        }
        let slow = PlannedFault.during(.zero..<Duration.seconds(3), "slow", { $0.isUpdate }) { _ in
            .delayed(.seconds(60))
        }
        return [Case("storm", Schedule(busy, seed: seed, faults: [slow]))]
    }
}
