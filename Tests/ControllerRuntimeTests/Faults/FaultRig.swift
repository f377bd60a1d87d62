import ControllerRuntime
import KubernetesModel
import LifecycleTesting
import Primitives
import Telemetry
import Testing

/// One kind, its cache, and a controller that gives each `owner` one child and says of each widget what it saw: the
/// smallest operator in which a fault of the watch can do harm.
struct FaultRig: Sendable {
    let time = ManualTimeSource()
    let server = WidgetServer()
    let store = Store<Widget>()
    let metrics = MetricsRegistry()
    let reflector: Reflector<Widget, Widget>
    let controller: Controller
    let gate: WriteGate
    let heard = Locked<[String]>([])
    private let seen = Locked<[ObjectKey: Int64]>([:])

    init(concurrency: Int = 2, timeout: Duration = .seconds(86_400 * 365)) {
        reflector = Reflector(store: store, source: server, time: time, logger: .disabled, metrics: metrics, seed: 3)
        let (store, seen, heard) = (store, seen, heard)
        gate = WriteGate(views: [reflector], time: time, logger: .disabled)
        controller = Controller(
            name: "widgets",
            reconciler: Reconciling { key in
                let widget = store.get(key)
                seen.withLock { $0[key] = widget?.size }
                guard widget != nil, key.name.hasPrefix("owner"), !key.name.hasSuffix("-child") else {
                    return ReconcileOutcome()
                }
                let child = ObjectKey(namespace: key.namespace, name: key.name + "-child")
                guard store.get(child) == nil else { return ReconcileOutcome() }
                return ReconcileOutcome([.create(Widget(child.name, namespace: child.namespace))])
            }, executor: IntentExecutor(writer: server),
            gate: gate,
            options: ControllerOptions(concurrency: concurrency, timeout: timeout, resync: nil), time: time,
            logger: .disabled, metrics: metrics)
        controller.watch(store)
        store.subscribe { change in
            let verb = change.isFinalStateUnknown ? "missing" : change.new == nil ? "gone" : "shown"
            heard.withLock { $0.append("\(verb) \(change.key.name)") }
        }
    }

    static func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "a", name: name) }

    /// What the reconciler saw when it last looked: what the operator believes.
    var believed: [ObjectKey: Int64] { seen.withLock { $0 } }

    /// The end state of every plan: cache and reconciler agree with the server, and nothing is left to do.
    var isSettled: Bool {
        Dictionary(uniqueKeysWithValues: store.list().map { ($0.key, $0) }) == server.objects
            && believed == server.objects.mapValues(\.size) && controller.queue.depth == 0
            && controller.queue.processingCount == 0
    }

    func count(_ name: String) -> Double { metrics.counter(name, "", labels: ["controller"]).value(["widgets"]) }
    var lists: Double { metrics.counter("reflector_lists_total", "", labels: ["resource"]).value(["widgets.test.dev"]) }

    func run(_ body: () async throws -> Void) async throws {
        try await running([
            { try await reflector.run() }, { try await controller.run() }, { await gate.run() },
        ]) {
            try await store.waitUntilSynced()
            try await body()
        }
    }

    /// Lets virtual time pass in steps, each as far as the next thing that is due, until the condition holds.
    func pass(atMost limit: Duration, until condition: @escaping @Sendable () -> Bool) async {
        let end = time.monotonicNow() + limit
        let time = time
        await eventually("within \(limit)") {
            if condition() { return true }
            if let next = time.untilNextWake, time.monotonicNow() + next <= end { time.advance(by: next) }
            return false
        }
    }

    func settle(atMost limit: Duration = .seconds(120)) async {
        await pass(atMost: limit) { isSettled }
    }
}
