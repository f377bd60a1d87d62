import AIOpsAPI
import ControllerRuntime
import Controllers
import Environments
import EnvironmentsTesting
import FoundationEssentials
import HTTP
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import LifecycleTesting
import Primitives
import Problems
import SchedulingTesting
import Telemetry
import Testing

/// `docs/metrics.md` and a whole operator say the same of every metric.
@Suite(.ownThread) struct MetricsTableTests {
    private static func documented() throws -> [MetricDescription] {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        let text = try String(contentsOf: URL(filePath: root + "/docs/metrics.md"), encoding: .utf8)
        let table = text.split(separator: "<!-- metrics begin -->").last?.split(separator: "<!-- metrics end -->").first
        let lines = (table ?? "").split(separator: "\n").filter { $0.hasPrefix("| `") }
        return lines.map { line in
            let cells = line.split(separator: "|").map { cell in
                String(cell).trimming { $0 == " " || $0 == "`" }
            }
            let labels = cells[2].split(separator: ",").map { label in String(label).trimming { $0 == " " } }
            return MetricDescription(name: cells[0], type: cells[1], labels: labels)
        }
    }

    /// Of each metric whose labels are known, one that nothing has counted yet.
    private static let fromTheStart =
        ["success", "error", "requeue", "requeue_after"].map {
            #"controller_runtime_reconcile_total{controller="llmconversation",result="\#($0)"}"#
        } + [
            #"controller_runtime_reconcile_errors_total{controller="aiopstask"}"#,
            #"controller_runtime_terminal_reconcile_errors_total{controller="aiopstask"}"#,
            #"controller_runtime_reconcile_panics_total{controller="aiopstask"}"#,
            #"controller_runtime_reconcile_timeouts_total{controller="workerpool"}"#,
            #"controller_runtime_max_concurrent_reconciles{controller="workerpool"}"#,
            #"controller_runtime_active_workers{controller="workerpool"}"#,
            #"rest_client_requests_total{code="503",method="PATCH",host="memory"}"#,
            #"rest_client_request_retries_total{code="429",verb="PATCH",host="memory"}"#,
            #"aiops_stage_duration_seconds_count{stage="Releasing"}"#,
            #"rest_client_response_size_bytes_count{verb="DELETE",host="memory"}"#,
        ]
        + [
            ("aiopstask", ["AIOpsTask", "WorkerPool", "worker", "timer", "retry"]),
            ("workerpool", ["AIOpsTask", "WorkerPool", "models", "network", "timer", "retry"]),
            ("llmconversation", ["AIOpsTask", "timer", "retry"]),
        ].flatMap { controller, sources in
            sources.map { #"controller_reconcile_reasons_total{controller="\#(controller)",source="\#($0)"}"# }
        }
        + ["aiopstasks.aiops.dev", "workerpools.aiops.dev"].flatMap { resource in
            ["create", "patch", "apply", "delete"].flatMap { verb in
                ["success", "conflict", "error"].map {
                    #"controller_intents_total{verb="\#(verb)",resource="\#(resource)",result="\#($0)"}"#
                }
            }
        }

    @Test func tableIsWhatIsExposed() async throws {
        let time = ManualTimeSource()
        let metrics = MetricsRegistry()
        ProcessMetrics.install(in: metrics)
        let types = [AIOpsTask.resourceType, WorkerPool.resourceType].map { ServedType($0) }
        let server = InMemoryAPIServer(types: types, time: time)
        let client = KubernetesClient(
            configuration: ClientConfiguration(server: "https://memory", tls: TLSConfiguration()), transport: server,
            time: time, logger: .disabled, metrics: metrics, seed: 1)
        // Registers its numbers; it is not run.
        let election = LeaderElection(
            key: ObjectKey(namespace: "demo", name: "operator"), identity: "test", time: time, logger: .disabled,
            metrics: metrics
        ) { _ in client }
        let kind = KindHost(
            clusters: KindClusters(settings: KindSettings(), launcher: KindPlayer(), time: time),
            home: HomeCluster(client: client)
        ) { _ throws(KubernetesError) in client }
        let assembled = Operator(
            settings: OperatorSettings(version: "test", namespace: "demo"), client: client, transport: server,
            catalogue: try Catalogue.builtin(), workers: WorkerNames(session: "aaaaa"), instance: "test", kind: kind,
            time: time, logger: .disabled, metrics: metrics, redact: { $0 })
        let documented = Set(try Self.documented())
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await assembled.manager.run() }
            // Controllers and sweepers begin with the work of a term, one after the other.
            let limit = ContinuousClock.now + .seconds(20)
            while !documented.isSubset(of: metrics.descriptions), ContinuousClock.now < limit { await Task.yield() }
            let exposed = Set(metrics.descriptions)
            #expect(documented.subtracting(exposed).sorted() == [], "in the table and not exposed")
            #expect(exposed.subtracting(documented).sorted() == [], "exposed and not in the table")
            let lines = Set(
                metrics.prometheusText().split(separator: "\n").map { $0.split(separator: " ").first ?? "" })
            for series in Self.fromTheStart {
                #expect(lines.contains(series[...]), "\(series) is not there from the start")
            }
            group.cancelAll()
            // How a manager that is cancelled ends is told by its own tests.
            while await group.nextResult() != nil {}
        }
        withExtendedLifetime(election) {}
    }
}

extension String {
    fileprivate func trimming(_ isBlank: (Character) -> Bool) -> String {
        let rest = drop(while: isBlank)
        return String(rest.reversed().drop(while: isBlank).reversed())
    }
}
