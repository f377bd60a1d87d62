import ControllerRuntime
import CurlTransport
import Glibc
import KubernetesClient
import KubernetesModel
import Lifecycle
import Primitives
import Telemetry

// The twin of the controllers that `docs/benchmarks.md` compares with: the same work on our runtime, with all its
// guarantees on. Test support; shipped in no product. Prints nothing while all is well.
//
// usage: RuntimeTwin --kubeconfig FILE [--workers N] [--namespace NAME]
let arguments = CommandLine.arguments
func value(of option: String) -> String? {
    arguments.firstIndex(of: option).flatMap { arguments.indices.contains($0 + 1) ? arguments[$0 + 1] : nil }
}

guard let kubeconfig = value(of: "--kubeconfig") else {
    print("usage: RuntimeTwin --kubeconfig FILE [--workers N] [--namespace NAME]")
    exit(64)
}
let logger = Logger(label: "twin", sink: FileDescriptorLogSink(redactor: Redactor()), level: .warning)
let time = SystemTimeSource()
let metrics = MetricsRegistry()
let transport = CurlTransport()
let client = KubernetesClient(
    configuration: try ClientConfiguration.load(kubeconfigPath: kubeconfig, context: nil, environment: [:]),
    transport: transport, time: time, logger: logger, metrics: metrics)
let tasks = Store<TwinRow>(kind: TwinTask.resourceType.kind)
let cache = Reflector(
    store: tasks, keeping: TwinRow.init,
    source: ClientSource<TwinTask>(client: client, namespace: value(of: "--namespace")),
    time: time, logger: logger, metrics: metrics)
let controller = Controller(
    name: "twin", reconciler: TwinReconciler(tasks: tasks, time: time),
    executor: IntentExecutor(writer: client, metrics: metrics),
    gate: WriteGate(views: [cache], time: time, logger: logger),
    options: ControllerOptions(concurrency: value(of: "--workers").flatMap { Int($0) } ?? 5), time: time,
    logger: logger, metrics: metrics)
controller.watch(tasks)
let manager = Manager(caches: [cache], controllers: [controller], time: time, logger: logger, metrics: metrics)
let signals = try Signals()
try await ServiceGroup([transport], logger: logger).run {
    try await withTaskExecutorPreference(transport.executor) { try await manager.run(until: signals) }
}
