import ControllerRuntime
import HTTP
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import Primitives
import SchedulingTesting
import Testing

@Suite(.ownThread) struct EndToEndTests {
    private static let cleanWrites = [
        "patch p", "create p-0", "create p-1", "create p-2", "delete p-0", "delete p-1", "delete p-2", "patch p",
    ]

    private static func liveAndDie(_ rig: FamilyRig, crashAt: Int? = nil) async throws {
        try await rig.operate(crashAt: crashAt) { rig.names == ["p", "p-0", "p-1", "p-2"] && rig.hasFinalizer }
        try await rig.client.delete(Widget.resourceType, FamilyRig.parent)
        try await rig.operate(crashAt: crashAt) { rig.names.isEmpty }
    }

    @Test func writesAreTheFewestPossible() async throws {
        let rig = FamilyRig(size: 3)
        try await Self.liveAndDie(rig)
        // The deletion of the parent is the test's.
        #expect(rig.sentWrites.filter { $0 != "delete p" }.sorted() == Self.cleanWrites.sorted())
    }

    /// Dead right after the server performed a write and before anybody here knew: the next process ends in the same
    /// state by the same writes, none missing and none twice.
    @Test(arguments: 1...8)
    func crashAfterEachWriteChangesNothing(number: Int) async throws {
        let rig = FamilyRig(size: 3)
        try await Self.liveAndDie(rig, crashAt: number)
        #expect(rig.sentWrites.filter { $0 != "delete p" }.sorted() == Self.cleanWrites.sorted())
    }

    /// Lost replies, refused requests, cut and expired watches: slower, but the same end.
    @Test(arguments: UInt64(1)...12)
    func troubleOnlyDelays(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let rig = FamilyRig(size: 3)
        for _ in 0..<10 {
            let faults: [APIFault] = [
                .loseReply(.reset(bytesSeen: false, "cut")), .lose(.connect("refused")),
                .answer(Status(code: 500, reason: "InternalError", message: "etcd")),
                .answer(Status(code: 409, reason: "Conflict", message: "changed")),
            ]
            let verb = ["create", "patch", "delete", "list", "watch"].randomElement(using: &random) ?? "list"
            guard let fault = faults.randomElement(using: &random) else { continue }
            rig.server.inject(fault) { $0.verb == verb && $0.name != "p" }
        }
        let server = rig.server
        try await rig.operate {
            if rig.names.count == 3 { server.compact() }
            return rig.names == ["p", "p-0", "p-1", "p-2"] && rig.hasFinalizer
        }
        rig.server.endWatches()
        try await rig.client.delete(Widget.resourceType, FamilyRig.parent)
        rig.server.compact()
        try await rig.operate { rig.names.isEmpty }
    }
}
