import ControllerRuntime
import LifecycleTesting
import SchedulingTesting
import Testing

/// F14: no bookmark for an hour, or nothing but bookmarks for an hour.
@Suite(.ownThread) struct F14BookmarksAbsentOrAlone {
    @Test(arguments: [false, true])
    func reconnectsCostNoList(withBookmarks: Bool) async throws {
        let rig = FaultRig()
        rig.server.change { $0.put("x", size: 1) }
        try await rig.run {
            await rig.settle()
            for minute in 1...60 {
                rig.time.advance(by: .seconds(60))
                rig.server.change { $0.idle() }
                if withBookmarks {
                    rig.server.sendBookmark()
                    await eventually("the version is known") { rig.store.resourceVersion == "\(9 + minute)" }
                }
                if minute.isMultiple(of: 7) { rig.server.cutStream() }
                await rig.pass(atMost: .seconds(60)) { rig.server.requests.count == 1 + minute / 7 }
            }
        }
        #expect(rig.lists == 1)
        #expect(rig.store.resourceVersion == (withBookmarks ? "69" : "9"))
        let last = rig.server.requests.last
        #expect(last == (withBookmarks ? "watch >65" : "watch >9"))
    }
}
