package import AIOpsAPI
import KubernetesModel

/// I4 and I7: no task on two workers, no worker over its capacity, figures that add up.
extension WorkerPool: Chronicled {
    package var violations: [String] {
        var found: [String] = []
        let name = metadata.name
        let held = status.workers.flatMap(\.tasks)
        if Set(held).count < held.count { found.append("I7: pool \(name): a task is on two workers: \(held)") }
        // A pool that shrinks takes nothing from a worker, so the bound is that of one worker.
        if status.workers.contains(where: { $0.tasks.count > spec.effective().maxTasksPerWorker }) {
            found.append("I7: pool \(name): a worker has too much: \(held)")
        }
        let busy = status.workers.count { !$0.tasks.isEmpty }
        if (status.busy, status.busy + status.idle) != (busy, status.replicas)
            || status.replicas != status.workers.count
        {
            found.append("I7: pool \(name): figures do not add up: \(status)")
        }
        return found
    }

    package func violations(after old: WorkerPool) -> [String] {
        var found = StampedTwice.complaints(old.status.conditions, status.conditions, "pool \(metadata.name)")
        if status.observedGeneration < old.status.observedGeneration {
            found.append("I4: pool \(metadata.name): observedGeneration fell")
        }
        return found
    }
}
