package import AIOpsAPI
package import ControllerRuntime
package import KubernetesModel

/// Which pool a task asks for, and where it is looked for.
package struct PoolReference: Sendable, Hashable {
    /// The pool a task belongs to: the one that serves it, else the place where its own should be.
    package struct Home: Sendable {
        package var key: ObjectKey
        package var pool: WorkerPool?

        package init(key: ObjectKey, pool: WorkerPool?) {
            self.key = key
            self.pool = pool
        }
    }

    /// In the order in which they are tried; never empty.
    package let places: [ObjectKey]

    /// By what the task asked for when it was admitted: an edit moves no task.
    ///
    /// A task that names a pool without a namespace, or none at all, gets the one of its own namespace before the one
    /// of the operator's.
    package init(_ task: AIOpsTask, operatorNamespace: String) {
        let reference = task.followedPoolRef
        let named = reference?.name ?? ""
        let name = named.isEmpty ? OperatorSettings.defaultPoolName : named
        if let namespace = reference?.namespace, !namespace.isEmpty {
            places = [ObjectKey(namespace: namespace, name: name)]
        } else {
            let own = ObjectKey(namespace: task.metadata.namespace ?? "", name: name)
            let shared = ObjectKey(namespace: operatorNamespace, name: name)
            places = own == shared ? [own] : [own, shared]
        }
    }

    package func lookUp(in pools: Store<WorkerPool>) -> PoolLookup {
        for place in places {
            if let pool = pools.get(place), !pool.metadata.isBeingDeleted { return .found(pool) }
        }
        return .notFound(places)
    }

    package func home(in pools: Store<WorkerPool>) -> Home {
        let pool = lookUp(in: pools).pool
        return Home(key: pool?.key ?? places[0], pool: pool)
    }
}

extension PoolReference.Home {
    var ageing: Duration { .seconds(pool?.spec.effective().ageingSeconds ?? 0) }
}
