import ControllerRuntime
import Primitives
import Testing

/// F08: an event is hidden until the one that takes it back: set and unset, created and deleted.
struct F08EventHiddenUntilItsOpposite {
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
}
