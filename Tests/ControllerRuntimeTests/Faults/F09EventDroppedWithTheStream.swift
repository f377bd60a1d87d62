import ControllerRuntime
import SchedulingTesting
import Testing

/// F09: the stream closes instead of delivering event N, for each N.
@Suite(.ownThread) struct F09EventDroppedWithTheStream {
    @Test(arguments: 0..<6, [false, true])
    func nothingIsMissed(number: Int, inOrder: Bool) async throws {
        let rig = FaultRig()
        try await rig.run {
            for step in 0..<6 {
                if step == number {
                    rig.server.holdBack(true)
                    rig.server.cutStream(inOrder ? nil : .failed("reset"))
                }
                rig.server.change { history in
                    switch step {
                    case 0, 1, 3: history.put("w\(step)", size: Int64(step))
                    case 2: history.put("w0", size: 20)
                    case 4: history.remove("w1")
                    default: history.put("owner", size: 1)
                    }
                }
                rig.server.holdBack(false)
            }
            await rig.settle()
        }
        #expect(rig.server.writes == ["create owner-child"])
    }
}
