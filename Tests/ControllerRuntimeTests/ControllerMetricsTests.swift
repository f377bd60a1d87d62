import ControllerRuntime
import JSON
import KubernetesModel
import LifecycleTesting
import Primitives
import SchedulingTesting
import Telemetry
import Testing

/// What dashboards read of a controller.
@Suite(.ownThread) struct ControllerMetricsTests {
    private let time = ManualTimeSource()
    private let server = WidgetServer()
    private let metrics = MetricsRegistry()
    private let key = ObjectKey(namespace: "a", name: "k")

    private func controller(
        timeout: Duration = .seconds(600), sink: CollectingLogSink = CollectingLogSink(),
        _ body: @escaping @Sendable (ObjectKey) async -> ReconcileOutcome
    ) -> Controller {
        Controller(
            name: "widgets", reconciler: Reconciling(body), executor: IntentExecutor(writer: server),
            options: .init(concurrency: 3, timeout: timeout), time: time,
            logger: Logger(label: "test", sink: sink, level: .debug), metrics: metrics, seed: 1)
    }

    private func expect(_ lines: String..., sourceLocation: SourceLocation = #_sourceLocation) {
        let text = metrics.prometheusText()
        for line in lines {
            #expect(text.contains(line + "\n"), "\(line) is not in\n\(text)", sourceLocation: sourceLocation)
        }
    }

    /// A rate is right from the first error only where the series was there before it.
    @Test func everySeriesIsThereBeforeTheFirstReconcile() {
        let controller = controller { _ in ReconcileOutcome() }
        for result in ["success", "error", "requeue", "requeue_after"] {
            expect(#"controller_runtime_reconcile_total{controller="widgets",result="\#(result)"} 0"#)
        }
        expect(
            #"controller_runtime_reconcile_errors_total{controller="widgets"} 0"#,
            #"controller_runtime_terminal_reconcile_errors_total{controller="widgets"} 0"#,
            #"controller_runtime_reconcile_panics_total{controller="widgets"} 0"#,
            #"controller_runtime_reconcile_timeouts_total{controller="widgets"} 0"#,
            #"controller_runtime_reconcile_time_seconds_count{controller="widgets"} 0"#,
            #"controller_runtime_max_concurrent_reconciles{controller="widgets"} 3"#,
            #"controller_runtime_active_workers{controller="widgets"} 0"#,
            #"controller_stale_sync_skips_total{controller="widgets"} 0"#,
            #"controller_write_brake_total{controller="widgets"} 0"#,
            #"controller_keys_overdue{controller="widgets"} 0"#)
        withExtendedLifetime(controller) {}
    }

    @Test func aReconcileIsSeenWhileItRunsAndTimedWhenItIsOver() async throws {
        let (hasBegun, mayEnd) = (Latch(), Latch())
        let controller = controller { _ in
            hasBegun.open()
            await mayEnd.waitToTheEnd()
            return ReconcileOutcome()
        }
        try await running([{ try await controller.run() }]) {
            controller.enqueue(key, reason: .init("test"))
            try await hasBegun.wait()
            time.advance(by: .seconds(2))
            expect(
                #"controller_runtime_active_workers{controller="widgets"} 1"#,
                #"workqueue_unfinished_work_seconds{name="widgets",controller="widgets"} 2"#,
                #"workqueue_work_duration_seconds_count{name="widgets",controller="widgets"} 0"#)
            mayEnd.open()
            let worked = metrics.histogram("workqueue_work_duration_seconds", "", labels: ["name", "controller"])
            await eventually("over") { worked.count(["widgets", "widgets"]) == 1 }
        }
        expect(
            #"controller_runtime_active_workers{controller="widgets"} 0"#,
            #"controller_runtime_reconcile_time_seconds_bucket{controller="widgets",le="1.75"} 0"#,
            #"controller_runtime_reconcile_time_seconds_bucket{controller="widgets",le="2"} 1"#,
            #"controller_runtime_reconcile_time_seconds_sum{controller="widgets"} 2"#,
            #"workqueue_unfinished_work_seconds{name="widgets",controller="widgets"} 0"#,
            #"workqueue_work_duration_seconds_sum{name="widgets",controller="widgets"} 2"#,
            #"workqueue_work_duration_seconds_count{name="widgets",controller="widgets"} 1"#)
    }

    /// Thirty writes in a row, and then one a second.
    @Test func aKeyThatWritesAtEveryLookIsHeldAndCounted() async throws {
        server.change { $0.put("k", size: 1) }
        let key = key
        let controller = controller { _ in
            ReconcileOutcome(
                [.mergePatch(Widget.resourceType, key, uid: "uid-1", ["size": 2])], .requeue(after: .zero))
        }
        let braked = metrics.counter("controller_write_brake_total", "", labels: ["controller"])
        let time = time
        try await running([{ try await controller.run() }]) {
            controller.enqueue(key, reason: .init("test"))
            await eventually("held") { braked.value(["widgets"]) == 1 && time.untilNextWake == .seconds(1) }
            #expect(server.writes.count == 30)
            time.advance(by: .seconds(1))
            await eventually("held again") { braked.value(["widgets"]) == 2 }
        }
        #expect(server.writes.count == 31)
    }

    /// A reconcile that does not even end when it is stopped.
    @Test func aKeyPastItsDeadlineIsToldUntilItIsLookedAt() async throws {
        let (hasBegun, mayEnd, sink) = (Latch(), Latch(), CollectingLogSink())
        let controller = controller(timeout: .seconds(30), sink: sink) { _ in
            hasBegun.open()
            await mayEnd.waitToTheEnd()
            return ReconcileOutcome()
        }
        let isTold = { @Sendable in sink.records.contains { $0.message == "keys are overdue" && $0.level == .error } }
        try await running([{ try await controller.run() }]) {
            controller.enqueue(key, reason: .init("test"))
            try await hasBegun.wait()
            for _ in 0..<2 { await time.advance(by: .seconds(30), afterSleepers: 1) }
            await time.waitForSleepers(1)
            expect(#"controller_keys_overdue{controller="widgets"} 0"#)
            #expect(!isTold())
            time.advance(by: .seconds(30))
            await eventually("in the log") { isTold() }
            expect(#"controller_keys_overdue{controller="widgets"} 1"#)
            mayEnd.open()
            await eventually("given back") { controller.queue.processingCount == 0 }
            expect(#"controller_keys_overdue{controller="widgets"} 0"#)
        }
    }
}
