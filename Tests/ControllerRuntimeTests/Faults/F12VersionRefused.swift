import ControllerRuntime
import SchedulingTesting
import Testing

/// F12: the version asked for is too old or too new for the server: ERROR 410 in the stream, 410 on open, 504 "too large
/// resource version", and ERROR 500.
@Suite(.ownThread) struct F12VersionRefused {
    @Test func compactedHistoryCostsOneListThatIsNotOlder() async throws {
        let rig = FaultRig()
        rig.server.change { $0.put("x", size: 1) }
        try await rig.run {
            await rig.settle()
            rig.server.forgetRequests()
            rig.server.holdBack(true)
            rig.server.change {
                $0.put("y", size: 2)
                $0.compact()
            }
            rig.server.holdBack(false)
            await rig.settle()
        }
        #expect(rig.server.requests == ["stream >=9"])
        #expect(rig.lists == 2)
    }

    /// First not older than what was seen; only when that is refused, the latest; never "0", which may be older.
    @Test func refusedFloorLeadsToTheLatest() async throws {
        let rig = FaultRig()
        rig.server.change { $0.put("x", size: 1) }
        try await rig.run {
            await rig.settle()
            rig.server.forgetRequests()
            rig.server.failNextLists(with: [.expired])
            rig.server.cutStream(.expired)
            await rig.pass(atMost: .seconds(60)) { rig.server.requests.count == 2 }
            await rig.settle()
        }
        #expect(rig.server.requests == ["stream >=9", "stream latest"])
    }

    @Test func faultOfTheServerIsWaitedForAndThenGoneOnFromTheSameVersion() async throws {
        let rig = FaultRig()
        rig.server.change { $0.put("x", size: 1) }
        try await rig.run {
            await rig.settle()
            rig.server.forgetRequests()
            rig.server.cutStream(.failed("500 InternalError: etcd"))
            await rig.pass(atMost: .seconds(60)) { rig.server.requests.count == 1 }
        }
        #expect(rig.server.requests == ["watch >9"])
        #expect(rig.lists == 1)
    }
}
