import ControllerRuntime
import KubernetesModel
import Primitives
import SchedulingTesting
import Testing

/// F15: a relist while a thousand keys are queued; an object goes in the gap.
@Suite(.ownThread) struct F15RelistWhileKeysWait {
    @Test func deletionIsToldOnceAndNothingIsHeldTwice() async throws {
        let rig = FaultRig()
        rig.server.change { history in for number in 0..<1_000 { history.put("w\(number)", size: 1) } }
        try await running([{ try await rig.reflector.run() }]) {
            try await rig.store.waitUntilSynced()
            await eventually("all are queued") { rig.controller.queue.depth == 1_000 }
            let before = rig.store.tableBytes
            rig.heard.withLock { $0 = [] }
            rig.server.holdBack(true)
            rig.server.change {
                $0.remove("w7")
                $0.put("w8", size: 2)
                $0.compact()
            }
            let most = Locked(0)
            let store = rig.store
            rig.server.onInitialEvent { most.withLock { $0 = max($0, store.tableBytes) } }
            rig.server.holdBack(false)
            await eventually("listed again") { rig.lists == 2 }
            #expect(rig.heard.withLock { $0 } == ["missing w7", "shown w8"])
            #expect(rig.controller.queue.depth == 1_000)
            // What has changed in the gap goes before what is only known from the first list.
            let ahead = rig.controller.queue.snapshot().filter { $0.priority == .live }.map(\.key.name)
            #expect(ahead == ["w7", "w8"])
            let peak = most.withLock { $0 }
            #expect(peak >= before && peak * 10 <= before * 13, "\(peak) after \(before)")
            try await running([{ try await rig.controller.run() }]) { await rig.settle() }
        }
    }
}
