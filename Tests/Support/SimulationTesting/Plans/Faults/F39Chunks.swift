import AIOpsAPI
import JSON
import KubernetesModel
import KubernetesTesting
import Primitives

extension Plan {
    /// F39: a user deletes a stored piece of the conversation, whichever is there after each effect.
    ///
    /// The record is damaged then, which must be said; the task ends all the same and its environment goes.
    package static let lostChunks = Plan(
        "F39", "a stored piece of the conversation is deleted after each effect in turn", over: [.detection],
        judge: { run, _ in
            run.violations.filter { !$0.what.contains("I3") && !$0.what.contains("I2") && $0.oracle != .processFault }
        }
    ) { lifecycle, clean, seed in
        (1...max(1, clean.effects)).map { number in
            var schedule = Schedule(lifecycle, seed: seed)
            schedule.interventions = [
                Lifecycle.Step("delete a chunk", when: { $0.effects >= number }) { world in
                    let chunk = world.server.objects(.configMaps, namespace: "demo").last {
                        $0["metadata"]?["labels"]?["aiops.dev/conversation"] != nil
                    }
                    guard let name = chunk?["metadata"]?["name"]?.stringValue else { return }
                    world.server.ask(toDelete: .configMaps, ObjectKey(namespace: "demo", name: name))
                }
            ]
            return Case("lose-\(number)", schedule)
        }
    }

    /// F39: each creation of a piece meets a server that is away.
    package static let conflictingChunks = Plan(
        "F39-writes", "each creation of a ConfigMap in turn fails with 503", over: [.detection, .mitigation]
    ) { lifecycle, clean, seed in
        (1...max(1, clean.effects)).map { number in
            Case(
                "503-\(number)",
                Schedule(
                    lifecycle, seed: seed,
                    faults: [
                        .at(number, "503") {
                            $0.method == "POST" && $0.target.contains("/configmaps") ? .failed(503) : .none
                        }
                    ]))
        }
    }
}
