import ControllerRuntime
import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import LifecycleTesting
import Primitives
import Telemetry
import Testing

/// Gives each parent as many children as its size says, and takes them away before the parent goes.
struct FamilyReconciler: Reconciler {
    static let finalizer = Finalizer("test.dev/family")
    let store: Store<Widget>

    func reconcile(_ key: ObjectKey) async -> ReconcileOutcome {
        guard let parent = store.get(key) else { return ReconcileOutcome() }
        let children = store.list(namespace: key.namespace).filter {
            $0.metadata.name.hasPrefix(key.name + "-")
        }
        if parent.metadata.isBeingDeleted {
            let deletions = children.map {
                Intent.delete(Widget.resourceType, $0.key, uid: $0.metadata.uid)
            }
            if !deletions.isEmpty { return ReconcileOutcome(deletions, .requeue(after: .seconds(5))) }
            return ReconcileOutcome(Self.finalizer.remove(from: parent).map { [$0] } ?? [])
        }
        let present = Set(children.map(\.metadata.name))
        let missing = (0..<parent.size).map { "\(key.name)-\($0)" }.filter { !present.contains($0) }
        return ReconcileOutcome(
            (Self.finalizer.add(to: parent).map { [$0] } ?? [])
                + missing.map { .create(Widget($0, namespace: key.namespace)) })
    }
}

/// A whole small operator against the in-memory API server, with time that a test moves.
struct FamilyRig {
    static let parent = ObjectKey(namespace: "default", name: "p")
    let time = ManualTimeSource()
    let server: InMemoryAPIServer
    let client: KubernetesClient
    private let writes = Locked(0)

    init(size: Int64) {
        server = InMemoryAPIServer(types: [ServedType(Widget.resourceType)], time: time)
        client = KubernetesClient(
            configuration: ClientConfiguration(server: "https://memory", tls: TLSConfiguration()), transport: server,
            time: time, logger: .disabled, seed: 1)
        server.put(Widget("p", namespace: "default", size: size, uid: "u-p"))
    }

    var names: [String] {
        server.objects(Widget.resourceType).compactMap { $0["metadata"]?["name"]?.stringValue }.sorted()
    }

    var hasFinalizer: Bool {
        server.object(Widget.resourceType, Self.parent)?["metadata"]?["finalizers"] == ["test.dev/family"]
    }

    /// Successful or not, as the server got them.
    var sentWrites: [String] { server.writes.map { "\($0.verb) \($0.name)" } }

    /// Runs operators, each until it crashes, until one sees `isDone`.
    ///
    /// One crash, after the write of that number.
    func operate(crashAt: Int? = nil, until isDone: @escaping @Sendable () -> Bool) async throws {
        while !isDone() {
            let crashed = Latch()
            try await operateOnce(crashed: crashed, crashAt: crashAt, until: isDone)
            guard crashed.isOpen else { return }
        }
    }

    private func operateOnce(
        crashed: Latch, crashAt: Int?, until isDone: @escaping @Sendable () -> Bool
    ) async throws {
        let store = Store<Widget>()
        let reflector = Reflector(
            store: store, source: ClientSource<Widget>(client: client), time: time, logger: .disabled, seed: 2)
        let executor = IntentExecutor(writer: client) { [writes] _, _ in
            let number = writes.withLock { count in
                count += 1
                return count
            }
            guard number == crashAt else { return }
            crashed.open()
            // The process is dead from here on: nothing after the write happens.
            let never = Latch()
            do { try await never.wait() } catch {}
        }
        let controller = Controller(
            name: "family", reconciler: FamilyReconciler(store: store), executor: executor,
            gate: WriteGate(views: [reflector], time: time, logger: .disabled),
            options: .init(timeout: .seconds(86_400)), time: time, logger: .disabled)
        controller.watch(store) { change in
            let name = change.key.name.prefix { $0 != "-" }
            return [ObjectKey(namespace: change.key.namespace, name: String(name))]
        }
        let time = time
        try await running([{ try await reflector.run() }, { try await controller.run() }]) {
            await eventually("the family is as wanted") {
                // Moves on in small steps, so that backoffs pass and no deadline does.
                if let next = time.untilNextWake { time.advance(by: min(next, .milliseconds(50))) }
                return isDone() || crashed.isOpen
            }
        }
    }
}
