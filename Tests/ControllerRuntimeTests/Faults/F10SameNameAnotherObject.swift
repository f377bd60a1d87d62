import ControllerRuntime
import KubernetesModel
import LifecycleTesting
import Primitives
import SchedulingTesting
import Telemetry
import Testing

/// F10: an event comes twice; an object goes and another of its name comes.
@Suite(.ownThread) struct F10SameNameAnotherObject {
    @Test func theSecondDeliveryChangesNothing() {
        let store = Store<Widget>()
        let heard = Locked<[String]>([])
        store.apply(.replace([Widget("x", version: 5, uid: "one")], version: "5"))
        store.subscribe { change in heard.withLock { $0.append("\(change.verb)") } }
        for _ in 0..<2 { store.apply(.upsert(Widget("x", size: 1, version: 6, uid: "one"))) }
        for _ in 0..<2 { store.apply(.delete(Widget("x", version: 7, uid: "one"))) }
        store.apply(.upsert(Widget("x", size: 1, version: 6, uid: "one")))
        #expect(heard.withLock { $0.prefix(3) } == ["added", "modified", "deleted"])
    }

    /// What the first object had failed at costs the second nothing.
    @Test func failuresBelongToTheObjectAndNotToItsName() async throws {
        let time = ManualTimeSource()
        let store = Store<Widget>()
        let key = FaultRig.key("x")
        struct Broken: Error {}
        let looks = Locked(0)
        let controller = Controller(
            name: "widgets",
            reconciler: Reconciling { _ in
                looks.withLock { $0 += 1 }
                return ReconcileOutcome([], .retry(Broken()))
            }, executor: IntentExecutor(writer: WidgetServer()),
            options: .init(retryPolicy: .init(initial: .seconds(600), cap: .seconds(600), jitter: 0)), time: time,
            logger: .disabled)
        controller.watch(store)
        store.apply(.replace([Widget("x", version: 5, uid: "one")], version: "5"))
        try await running([{ try await controller.run() }]) {
            await eventually("failed") { controller.queue.failureCount(of: key) == 1 }
            store.apply(.replace([Widget("x", version: 9, uid: "two")], version: "9"))
            await eventually("looked at again") {
                looks.withLock { $0 } == 2 && controller.queue.processingCount == 0
            }
            #expect(controller.queue.failureCount(of: key) == 1)
        }
    }
}
