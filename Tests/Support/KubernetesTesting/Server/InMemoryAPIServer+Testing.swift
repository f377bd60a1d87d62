package import HTTP
package import JSON
package import KubernetesModel
import Primitives

/// What tests do to the server from behind.
extension InMemoryAPIServer {
    // MARK: Objects

    package func addNamespace(_ name: String) {
        put(.namespaces, ["metadata": ["name": .string(name)], "status": ["phase": "Active"]])
    }

    /// Stores an object as it is, status included, as the cluster itself would.
    package func put<R: KubernetesObject>(_ object: R) {
        put(R.resourceType, object.jsonValue())
    }

    package func put(_ type: ResourceType, _ object: JSONValue) {
        let now = time.wallNow()
        core.withLock { core in
            let before = core.state.version
            core.state.put(type, object, now: now)
            core.publish(after: before, now: now)
        }
    }

    /// Changes an object in place, status included; does nothing when it is not there.
    package func modify(_ type: ResourceType, _ key: ObjectKey, _ change: @Sendable (inout JSONValue) -> Void) {
        let now = time.wallNow()
        core.withLock { core in
            guard var object = core.state.object(type, key) else { return }
            let before = core.state.version
            change(&object)
            core.state.put(type, object, now: now)
            core.publish(after: before, now: now)
        }
    }

    /// Merges a patch into an object as a user's write does: the server's own fields stay, generations are counted.
    package func edit(_ type: ResourceType, _ key: ObjectKey, _ patch: JSONValue) {
        write { state, now in
            guard let old = state.object(type, key) else { return }
            _ = try state.replace(
                type, key, subresource: nil, old: old, new: JSONMergePatch.apply(patch, to: old), now: now)
        }
    }

    /// Asks for a deletion as a user does; finalizers are waited for.
    package func ask(toDelete type: ResourceType, _ key: ObjectKey) {
        write { state, now in
            guard state.object(type, key) != nil else { return }
            _ = try state.delete(type, key, options: [:], now: now)
        }
    }

    private func write(_ change: (inout APIState, Timestamp) throws -> Void) {
        let now = time.wallNow()
        core.withLock { core in
            let before = core.state.version
            do { try change(&core.state, now) } catch {
                preconditionFailure("a test's own write was refused: \(error)")
            }
            core.publish(after: before, now: now)
        }
    }

    /// Takes an object away at once, whatever holds it.
    package func remove(_ type: ResourceType, _ key: ObjectKey) {
        let now = time.wallNow()
        core.withLock { core in
            let before = core.state.version
            core.state.remove(type, key)
            core.state.settle(now: now)
            core.publish(after: before, now: now)
        }
    }

    package func object(_ type: ResourceType, _ key: ObjectKey) -> JSONValue? {
        core.withLock { $0.state.object(type, key) }
    }

    package func object<R: KubernetesObject>(_ kind: R.Type, _ key: ObjectKey) throws -> R? {
        try object(R.resourceType, key).map { try R(jsonValue: $0) }
    }

    package func objects<R: KubernetesObject>(_ kind: R.Type, namespace: String? = nil) throws -> [R] {
        try objects(R.resourceType, namespace: namespace).map { try R(jsonValue: $0) }
    }

    package func objects(_ type: ResourceType, namespace: String? = nil) -> [JSONValue] {
        core.withLock { core in
            (core.state.objects[type] ?? [:]).filter { namespace == nil || $0.key.namespace == namespace }
                .sorted { $0.key < $1.key }.map(\.value)
        }
    }

    /// The version of the last change.
    package var resourceVersion: String { core.withLock { String($0.state.version) } }

    // MARK: What happened

    /// Every request so far, refused ones included.
    package var calls: [APICall] { core.withLock { $0.calls } }

    /// The requests that would change something, dry runs left out.
    package var writes: [APICall] { calls.filter { $0.isWrite && !$0.isDryRun } }

    package func forgetCalls() { core.withLock { $0.calls = [] } }

    // MARK: Faults and weather

    /// Makes the next `times` requests that match go wrong.
    package func inject(
        _ fault: APIFault, times: Int = 1, when matches: @escaping @Sendable (APICall) -> Bool
    ) {
        core.withLock { $0.faults.add(fault, times: times, matches) }
    }

    /// Takes back the faults that have not met their request yet.
    package func forgetFaults() { core.withLock { $0.faults = FaultPlan() } }

    /// Forgets history: watches and continue tokens from before now get 410.
    package func compact() { core.withLock { $0.state.compact() } }

    package func keepHistory(_ changes: Int) { core.withLock { $0.state.historyLimit = changes } }

    package var watchCount: Int { core.withLock { $0.watchers.count } }

    /// Ends all watch connections: in order, as at their time limit, or with an error.
    package func endWatches(_ error: HTTPError? = nil) {
        let watchers = core.withLock { core in
            defer { core.watchers = [:] }
            return core.watchers.sorted { $0.key < $1.key }.map(\.value)
        }
        for watcher in watchers { watcher.end(error) }
    }

    /// Tells all watches that want to know that nothing happened up to now.
    package func sendBookmarks() {
        core.withLock { core in
            for id in core.watchers.keys.sorted() {
                guard let watcher = core.watchers[id], watcher.wantsBookmarks else { continue }
                watcher.showBookmark(core.state.version, endsInitialEvents: false)
            }
        }
    }

    /// False makes the server refuse streaming lists, as those before 1.27 do.
    package func serveInitialEvents(_ serves: Bool) { core.withLock { $0.servesInitialEvents = serves } }

    /// Keeps account of who owns which field from now on, as conflicts between managers need.
    package func keepManagedFields() { core.withLock { $0.state.keepsManagedFields = true } }

    /// Lets nobody in without this token.
    package func requireToken(_ token: String) { core.withLock { $0.token = token } }

    /// True makes watches wait for the storage, as after a restart.
    package func initialize(_ isInitializing: Bool) { core.withLock { $0.isInitializing = isInitializing } }

    /// False leaves dependents, and the content of namespaces, for the test to delete.
    package func collectGarbage(_ collects: Bool) { core.withLock { $0.state.collectsGarbage = collects } }

    // MARK: The rest of a cluster

    /// Runs `body` after each change of a kind, as a controller of the cluster would.
    package func react(
        to type: ResourceType,
        _ body: @escaping @Sendable (_ object: JSONValue, _ cluster: inout ReactiveCluster) -> Void
    ) {
        core.withLock { $0.reactions.append(Reaction(type: type, body: body)) }
    }

    package func serveLogs(_ logs: @escaping @Sendable (_ pod: ObjectKey, _ container: String?) -> String) {
        core.withLock { $0.logs = logs }
    }

    package func serveExec(_ exec: @escaping @Sendable (InMemoryExec) -> InMemoryExec.Outcome) {
        core.withLock { $0.exec = exec }
    }
}
