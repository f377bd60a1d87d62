import ControllerRuntime
import Primitives
import SchedulingTesting
import Testing

/// F08: an event is hidden until the one that takes it back: set and unset, created and deleted.
@Suite(.ownThread) struct F08EventHiddenUntilItsOpposite {
    @Test func onlyTheEndStateCounts() async throws {
        let rig = FaultRig()
        rig.server.change { $0.put("x", size: 1) }
        try await rig.run {
            await rig.settle()
            rig.server.holdBack(true)
            rig.server.change {
                $0.put("x", size: 2)
                $0.put("x", size: 1)
                $0.put("brief", size: 5)
                $0.remove("brief")
            }
            rig.server.cutStream()
            rig.server.holdBack(false)
            await rig.settle()
        }
        #expect(rig.believed == [FaultRig.key("x"): 1])
    }

    @Test func alsoWhenTheHistoryInBetweenIsGone() async throws {
        let rig = FaultRig()
        rig.server.change { $0.put("x", size: 1) }
        try await rig.run {
            await rig.settle()
            rig.server.holdBack(true)
            rig.server.change {
                $0.put("brief", size: 5)
                $0.remove("brief")
                $0.remove("x")
                $0.put("x", size: 3)
                $0.compact()
            }
            rig.server.holdBack(false)
            await rig.settle()
        }
        #expect(!rig.heard.withLock { $0.contains { $0.hasSuffix("brief") } })
        #expect(rig.believed == [FaultRig.key("x"): 3])
    }

    /// Nothing overtakes the event and nobody wants the key again: only the one who wrote can know what is missing.
    @Test func ownWriteThatIsNeverShownIsRead() async throws {
        let rig = FaultRig()
        rig.server.change { $0.put("owner", size: 1) }
        rig.server.holdBack(true)
        try await rig.run {
            await eventually("the child is made") {
                rig.server.writes == ["create owner-child"] && rig.controller.queue.processingCount == 0
            }
            await rig.pass(atMost: .seconds(3)) { rig.store.count == 2 }
            #expect(rig.server.requests.filter { $0.hasPrefix("get") } == ["get owner-child"])
            await rig.settle()
        }
        #expect(rig.server.writes == ["create owner-child"])
    }
}
