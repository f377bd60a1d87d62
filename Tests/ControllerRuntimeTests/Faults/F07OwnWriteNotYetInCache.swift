import ControllerRuntime
import LifecycleTesting
import SchedulingTesting
import Testing

/// F07: the watch is behind our own write by 0.1, 1, 10 and 60 seconds, and the key is wanted again meanwhile.
@Suite(.ownThread) struct F07OwnWriteNotYetInCache {
    @Test(arguments: [100, 1_000, 10_000, 60_000])
    func nothingIsWrittenTwice(delay milliseconds: Int) async throws {
        let rig = FaultRig()
        rig.server.change { $0.put("owner", size: 1) }
        rig.server.holdBack(true)
        try await rig.run {
            await eventually("the child is made") {
                rig.server.writes == ["create owner-child"] && rig.controller.queue.processingCount == 0
            }
            rig.controller.enqueue(FaultRig.key("owner"), reason: .init("test"))
            await eventually("held") { rig.count("controller_stale_sync_skips_total") >= 1 }
            let end = rig.time.monotonicNow() + .milliseconds(milliseconds)
            await eventually("the delay is over") {
                let left = end - rig.time.monotonicNow()
                guard left > .zero else { return true }
                rig.time.advance(by: min(rig.time.untilNextWake ?? left, left))
                return false
            }
            // The watch is stuck, yet after the cap of three seconds a read of the one object opens the gate.
            let expected = milliseconds > 3_000 ? ["get owner-child"] : []
            await rig.pass(atMost: .seconds(5)) { rig.server.requests.filter { $0.hasPrefix("get") } == expected }
            rig.server.holdBack(false)
            await rig.settle()
        }
        #expect(rig.server.writes == ["create owner-child"])
    }
}
