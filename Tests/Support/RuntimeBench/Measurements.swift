import AIOpsAPI
import BenchTesting
import ControllerRuntime
import Glibc
import HTTP
import KubernetesClient
import KubernetesModel
import Lifecycle
import Primitives
import Telemetry

/// The fields a small controller looks at.
struct SlimRow: Sendable {
    var generation: Int64
    var observedGeneration: Int64
    var phase: Phase?
    var isFinalized: Bool

    init(_ task: AIOpsTask) {
        generation = task.metadata.generation
        observedGeneration = task.status.observedGeneration
        phase = task.status.phase
        isFinalized = !task.metadata.finalizers.isEmpty
    }
}

/// Looks its key up and finds nothing to do.
struct LookUp<Row: Sendable>: Reconciler {
    let store: Store<Row>
    var entered: @Sendable (ObjectKey) -> Void = { _ in }

    func reconcile(_ key: ObjectKey) async -> ReconcileOutcome {
        entered(key)
        _ = store.get(key)
        return ReconcileOutcome()
    }
}

struct Measurements {
    let time = SystemTimeSource()

    private func rig<Row: Sendable>(
        _ server: SyntheticServer, _ store: Store<Row>, keeping row: @escaping @Sendable (AIOpsTask) -> Row,
        concurrency: Int = 1, entered: @escaping @Sendable (ObjectKey) -> Void = { _ in }
    ) -> (Reflector<AIOpsTask, Row>, Controller) {
        let metrics = MetricsRegistry()
        let client = KubernetesClient(
            configuration: ClientConfiguration(server: "https://memory", tls: TLSConfiguration()), transport: server,
            time: time, logger: .disabled, metrics: metrics, seed: 1)
        let reflector = Reflector(
            store: store, keeping: row, source: ClientSource<AIOpsTask>(client: client), time: time, logger: .disabled,
            metrics: metrics)
        let controller = Controller(
            name: "bench", reconciler: LookUp(store: store, entered: entered),
            executor: IntentExecutor(writer: client, metrics: metrics),
            gate: WriteGate(views: [reflector], time: time, logger: .disabled),
            options: ControllerOptions(concurrency: concurrency), time: time, logger: .disabled, metrics: metrics)
        controller.watch(store)
        return (reflector, controller)
    }

    private func running(
        _ reflector: some Lifecycle.Service, _ controller: Controller,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await reflector.run() }
            group.addTask { try await controller.run() }
            try await body()
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
        }
    }

    private func settled(_ controller: Controller) async throws {
        while controller.queue.depth > 0 || controller.queue.processingCount > 0 {
            try await time.sleep(for: .milliseconds(1))
        }
    }

    /// Reconciles a second that change nothing, through queue, gate and cache.
    func noOps(total: Int) async throws {
        let objects = 10_000
        let store = Store<SlimRow>(kind: "AIOpsTask")
        let (reflector, controller) = rig(SyntheticServer(count: objects), store, keeping: SlimRow.init)
        try await running(reflector, controller) {
            try await store.waitUntilSynced()
            try await settled(controller)
            let keys = store.keys
            let (began, used) = (time.monotonicNow(), Self.processorSeconds)
            var done = 0
            while done < total {
                for key in keys { controller.enqueue(key, reason: ReconcileReason("bench")) }
                done += keys.count
                try await settled(controller)
            }
            let seconds = (time.monotonicNow() - began).seconds
            // On a busy machine a second of the clock is less than a second of a core.
            report([
                "reconcilesPerSecond": Double(done) / seconds,
                "reconcilesPerProcessorSecond": Double(done) / (Self.processorSeconds - used),
            ])
        }
    }

    /// From the bytes of a watch event to the entry of the reconcile it causes.
    func latency(events: Int) async throws {
        let server = SyntheticServer(count: 1_000)
        let store = Store<SlimRow>(kind: "AIOpsTask")
        let entries = Locked<[ObjectKey: Duration]>([:])
        let time = time
        let (reflector, controller) = rig(server, store, keeping: SlimRow.init, concurrency: 4) { key in
            let now = time.monotonicNow()
            entries.withLock { $0[key] = now }
        }
        try await running(reflector, controller) {
            try await store.waitUntilSynced()
            try await settled(controller)
            var latencies: [Duration] = []
            for number in 0..<events {
                let object = number % 1_000
                let key = ObjectKey(namespace: "team-with-a-longer-name", name: "task-of-the-night-\(object)")
                entries.withLock { $0[key] = nil }
                let sent = time.monotonicNow()
                guard server.change(object) else { throw Unserved() }
                while entries.withLock({ $0[key] == nil }) { try await time.sleep(for: .microseconds(50)) }
                if let entered = entries.withLock({ $0[key] }) { latencies.append(entered - sent) }
            }
            latencies.sort()
            let microseconds = [50, 99].map { Double(latencies[latencies.count * $0 / 100].microseconds) }
            report(["p50Microseconds": microseconds[0], "p99Microseconds": microseconds[1]])
        }
    }

    /// What one row costs, and the peaks of the first list and of the next.
    func memory<Row: Sendable>(
        count: Int, keeping row: @escaping @Sendable (AIOpsTask) -> Row
    ) async throws {
        let server = SyntheticServer(count: count)
        let store = Store<Row>(kind: "AIOpsTask")
        let (reflector, controller) = rig(server, store, keeping: row)
        let before = ProcessMemory.now
        try await running(reflector, controller) {
            let began = time.monotonicNow()
            try await store.waitUntilSynced()
            try await settled(controller)
            let took = time.monotonicNow() - began
            try await time.sleep(for: .milliseconds(300))
            let steady = ProcessMemory.now
            let version = store.resourceVersion
            for number in 0..<10 { _ = server.change(number) }
            while store.resourceVersion == version { try await time.sleep(for: .milliseconds(1)) }
            let changed = store.resourceVersion
            server.expire()
            // Listed again: the version of the list is below that of the changes, so the store is at the list's again.
            while store.resourceVersion == changed { try await time.sleep(for: .milliseconds(5)) }
            try await settled(controller)
            let relisted = ProcessMemory.now
            report([
                "bytesPerRow": Double((steady.privateDirty - before.privateDirty) * 1_024 / max(count, 1)),
                "residentKilobytes": Double(steady.resident), "peakOfFirstListKilobytes": Double(steady.peak),
                "peakOfSecondListKilobytes": Double(relisted.peak),
                "residentAfterSecondListKilobytes": Double(relisted.resident),
                "firstListMilliseconds": Double(took.milliseconds),
                "estimateKilobytes": Double(store.estimatedBytes >> 10),
            ])
        }
    }

    /// User and system, of the whole process.
    private static var processorSeconds: Double {
        var now = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }

    /// One line of JSON, for whoever makes a table of it.
    private func report(_ figures: [String: Double]) {
        let members = figures.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }
        print("{\(members.joined(separator: ", "))}")
    }

    struct Unserved: Error {}
}
