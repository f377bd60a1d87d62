import ControllerRuntime
import JSON
import KubernetesModel
import Primitives

/// What the peers' controllers of the benchmark do: a new task becomes Running with one condition, then Succeeded, and
/// then nothing more.
struct TwinReconciler: Reconciler {
    let tasks: Store<TwinTask>
    let time: any TimeSource

    func reconcile(_ key: ObjectKey) async -> ReconcileOutcome {
        guard let task = tasks.get(key), !task.metadata.isBeingDeleted else { return ReconcileOutcome() }
        switch task.phase {
        case .none: return write(running(task), to: task)
        case .running: return write(["phase": "Succeeded"], to: task)
        case .other: return ReconcileOutcome()
        }
    }

    private func running(_ task: TwinTask) -> JSONValue {
        let condition: JSONValue = [
            "type": "Ready", "status": "False", "reason": "Running", "message": "running",
            "observedGeneration": .integer(task.metadata.generation),
            "lastTransitionTime": .string(time.wallNow().rfc3339),
        ]
        return [
            "phase": "Running", "observedGeneration": .integer(task.metadata.generation), "conditions": [condition],
        ]
    }

    private func write(_ status: JSONValue, to task: TwinTask) -> ReconcileOutcome {
        ReconcileOutcome([
            .mergePatch(
                TwinTask.resourceType, task.key, uid: task.metadata.uid,
                resourceVersion: task.metadata.resourceVersion, ["status": status], subresource: "status")
        ])
    }
}
