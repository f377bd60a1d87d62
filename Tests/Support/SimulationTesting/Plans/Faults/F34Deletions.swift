import AIOpsAPI
import JSON
import KubernetesModel
import KubernetesTesting
import Primitives

extension Plan {
    /// F34: the task is deleted after each effect in turn; whatever was made for it goes, and nothing new is made.
    package static let deletions = Plan(
        "F34", "the task is deleted after each effect in turn", over: [.detection, .mitigation, .refusedKey],
        judge: { run, _ in run.violations + run.leftovers }
    ) { lifecycle, clean, seed in
        (1...max(1, clean.effects)).map { number in
            var schedule = Schedule(lifecycle, seed: seed)
            schedule.interventions = [
                Lifecycle.Step("delete", when: { $0.effects >= number }) { world in
                    world.server.ask(toDelete: AIOpsTask.resourceType, Lifecycle.task)
                }
            ]
            schedule.isOver = { $0.isGone(Lifecycle.task) && ($0.effects >= number || $0.effects == 0) }
            return Case("delete-\(number)", schedule)
        }
    }

    /// F34: somebody takes our finalizer off by hand in the middle of a run; the run goes on and the mark comes back or the
    /// task ends, but nothing is made twice.
    package static let handRemovedFinalizer = Plan(
        "F34-finalizer", "our finalizer is taken off by hand after each effect in turn", over: [.detection],
        judge: { run, _ in
            // That the task runs without its mark for a while is what was done to it.
            run.violations.filter { !$0.what.contains("finalizer") }
        }
    ) { lifecycle, clean, seed in
        (1...max(1, clean.effects)).map { number in
            var schedule = Schedule(lifecycle, seed: seed)
            schedule.interventions = [
                Lifecycle.Step("take the finalizer off", when: { $0.effects >= number }) { world in
                    world.patch(AIOpsTask.resourceType, Lifecycle.task, ["metadata": ["finalizers": nil]])
                }
            ]
            return Case("strip-\(number)", schedule)
        }
    }
}

extension Report {
    /// What is still there of a deleted task.
    var leftovers: [Violation] {
        endState.objects.filter {
            $0.contains("/env-") || $0.contains("/box-") || $0.hasPrefix("llmconversations")
                || ($0.hasPrefix("configmaps") && $0.contains(" demo/"))
        }
        .map { Violation(.endState, "\($0) is left of a deleted task") }
    }
}
