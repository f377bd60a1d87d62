import ControllerRuntime
import JSON
import KubernetesModel
import Primitives

/// What the peers' controllers of the benchmark do: a new task becomes Running with one condition, then Succeeded, and
/// then nothing more.
struct TwinReconciler: Reconciler {
    let tasks: Store<TwinRow>
    let time: any TimeSource

    func reconcile(_ key: ObjectKey) async -> ReconcileOutcome {
        guard let task = tasks.entry(of: key), !task.isBeingDeleted else { return ReconcileOutcome() }
        switch task.row.phase {
        case .none: return write(running(task.row), to: task)
        case .running: return write(["phase": "Succeeded"], to: task)
        case .other: return ReconcileOutcome()
        }
    }

    private func running(_ task: TwinRow) -> JSONValue {
        let condition: JSONValue = [
            "type": "Ready", "status": "False", "reason": "Running", "message": "running",
            "observedGeneration": .integer(task.generation),
            "lastTransitionTime": .string(time.wallNow().rfc3339),
        ]
        return [
            "phase": "Running", "observedGeneration": .integer(task.generation), "conditions": [condition],
        ]
    }

    private func write(_ status: JSONValue, to task: StoreEntry<TwinRow>) -> ReconcileOutcome {
        ReconcileOutcome([
            .mergePatch(
                TwinTask.resourceType, task.key, uid: task.uid.description, resourceVersion: task.resourceVersion,
                ["status": status], subresource: "status")
        ])
    }
}
