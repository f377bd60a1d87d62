import AIOpsAPI
import JSON
import KubernetesModel
import KubernetesTesting
import LifecycleTesting
import Primitives

extension Plan {
    /// F42: a foreign controller flips a field of ours each second for two minutes; there must be no fight.
    package static let meddling = Plan(
        "F42", "a foreign controller flips a field of ours each second", over: [.detection, .pool],
        beginAlike: false,
        judge: { run, _ in
            // What the other writes is no write of ours.
            run.violations.filter { !$0.what.contains("I4") } + run.triesAMinute(atMost: 150)
        }
    ) { lifecycle, _, seed in
        [(AIOpsTask.resourceType, Lifecycle.task), (WorkerPool.resourceType, Lifecycle.poolKey)].map { type, key in
            var meddled = lifecycle
            let setUp = lifecycle.setUp
            meddled.setUp = { world in
                setUp(world)
                for second in 1...120 {
                    world.schedule(after: .seconds(second)) { [unowned world] in
                        world.meddle(type, key, second % 2 == 0)
                    }
                }
            }
            let isOver = lifecycle.isOver
            meddled.isOver = { isOver($0) && $0.simulator.monotonicNow() > .seconds(125) }
            return Case("flip-\(type.plural)", Schedule(meddled, seed: seed))
        }
    }
}

extension World {
    /// Flips the message of a condition, as one who believes it to be his.
    fileprivate func meddle(_ type: ResourceType, _ key: ObjectKey, _ isOdd: Bool) {
        server.modify(type, key) { object in
            guard var conditions = object["status"]?["conditions"]?.arrayValue, !conditions.isEmpty else { return }
            conditions[0]["message"] = .string(isOdd ? "mine" : "no, mine")
            object["status", "conditions"] = .array(conditions)
        }
        absorb()
    }
}
