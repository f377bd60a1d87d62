import ControllerRuntime
import LifecycleTesting
import Primitives
import SchedulingTesting
import Testing

/// F13: the server refuses streaming lists, ignores the wish, or never sends the mark that ends the initial events.
@Suite(.ownThread) struct F13NoEndOfInitialEvents {
    /// Something changes every five seconds, so the stream without its mark never looks stuck.
    @Test func aBusyServerIsNotWaitedForEither() async throws {
        let rig = FaultRig()
        rig.server.stream(.ignores)
        rig.server.change { $0.put("x", size: 1) }
        try await running([{ try await rig.reflector.run() }, { try await rig.controller.run() }]) {
            for number in 1..<24 {
                await rig.time.advance(by: .seconds(5), afterSleepers: 1)
                rig.server.change { $0.put("x", size: Int64(number)) }
                await eventually("change \(number) is taken") { rig.server.delivered == number }
            }
            #expect(rig.server.requests == ["stream latest"] && !rig.store.isSynced)
            await rig.pass(atMost: .seconds(5)) { rig.store.isSynced }
            await rig.settle()
        }
        #expect(rig.server.requests == ["stream latest", "list latest", "watch >32"])
    }

    /// Nothing tells this from a line that is dead: the list is read in ten seconds, and nothing is concluded.
    @Test func aStreamThatBringsNothingIsReplacedForOnce() async throws {
        let rig = FaultRig()
        rig.server.stream(.ignores)
        try await running([{ try await rig.reflector.run() }, { try await rig.controller.run() }]) {
            await rig.time.advance(by: .seconds(10), afterSleepers: 1)
            await rig.pass(atMost: .zero) { rig.store.isSynced }
            #expect(rig.server.requests.prefix(2) == ["stream latest", "list latest"])
            rig.server.stream(.serves)
            rig.server.holdBack(true)
            rig.server.change {
                $0.put("y", size: 2)
                $0.compact()
            }
            rig.server.holdBack(false)
            await rig.settle()
        }
        #expect(rig.server.requests == ["stream latest", "list latest", "watch >8", "stream >=8"])
    }

    @Test(arguments: [
        WidgetServer.Streaming.refuses, .ignores, .bookmarksWithoutMark,
    ])
    func plainListsAreUsedAndRemembered(streaming: WidgetServer.Streaming) async throws {
        let rig = FaultRig()
        rig.server.stream(streaming)
        rig.server.change { $0.put("x", size: 1) }
        let hasBegun = Locked(false)
        rig.server.onInitialEvent { hasBegun.withLock { $0 = true } }
        try await running([{ try await rig.reflector.run() }, { try await rig.controller.run() }]) {
            if streaming == .ignores {
                await eventually("all but the mark") { hasBegun.withLock { $0 } }
                #expect(!rig.store.isSynced)
                await rig.time.advance(by: .milliseconds(9_999), afterSleepers: 1)
                #expect(rig.server.requests == ["stream latest"])
                await rig.pass(atMost: .seconds(30)) { rig.store.isSynced }
            }
            await eventually("the others are known at once") { rig.store.isSynced }
            await rig.settle()
            rig.server.holdBack(true)
            rig.server.change {
                $0.put("y", size: 2)
                $0.compact()
            }
            rig.server.holdBack(false)
            await rig.settle()
            await eventually("it watches again") { rig.server.requests.last == "watch >10" }
        }
        #expect(rig.server.requests == ["stream latest", "list latest", "watch >9", "list >=9", "watch >10"])
    }
}
