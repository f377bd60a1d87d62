import AIOpsAPI
import ControllerRuntime
import Controllers
import Conversations
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import LanguageModels
import Primitives
import SchedulingTesting
import SimulationTesting
import Telemetry
import Testing

@Suite(.ownThread) struct PriceBookTests {
    private static let good = "version: acme-1\nmodels:\n  - {model: gpt-4o, input: 0.40, output: 2}\n"
    private static let better = "version: acme-2\nmodels:\n  - {model: gpt-4o, input: 0.50, output: 2}\n"
    private static let own = "acme-1+\(PriceTable.builtIn.version)"

    private static func map(_ text: String?) -> PriceFollower.Sight {
        .found(ConfigMap(metadata: ObjectMeta(name: "prices"), data: text.map { [PriceFollower.fileName: $0] } ?? [:]))
    }

    private static var limits: AIOpsTask.Limits {
        var limits = AIOpsTask.Limits()
        limits.maxCost = "5"
        return limits
    }

    /// What is asked changes the follower, which the macro does not allow.
    private func expect(_ isSo: Bool, at location: SourceLocation = #_sourceLocation) {
        #expect(isSo, sourceLocation: location)
    }

    // MARK: The core

    @Test func theTableIsFollowed() {
        var follower = PriceFollower()
        #expect(follower.table.version == PriceTable.builtIn.version)
        expect(follower.look(Self.map(Self.good)) == .taken)
        #expect(follower.table.version == Self.own)
        expect(follower.look(Self.map(Self.good)) == nil)
        expect(follower.look(Self.map(Self.better)) == .taken)
        #expect(follower.table.version.hasPrefix("acme-2+"))
        expect(follower.look(.missing) == .missing)
        expect(follower.look(.missing) == nil)
        #expect(follower.table == .builtIn)
    }

    /// Each kind of mistake: what does not parse, what is no table, what is not there.
    @Test(arguments: ["models: [", "version: a\nmodels: 1\n", "version: acme-2\nmodels: [{model: gpt-4o}]\n", nil, ""])
    func aBadTableIsToldOnceAndTheLastGoodOneIsKept(text: String?) {
        var follower = PriceFollower()
        _ = follower.look(Self.map(Self.good))
        let kept = follower.table
        guard case .refused(let why) = follower.look(Self.map(text)) else {
            Issue.record("it was not refused"); return
        }
        #expect(why.contains(PriceFollower.fileName))
        #expect(follower.table == kept)
        expect(follower.look(Self.map(text)) == nil)
        expect(follower.look(Self.map(Self.better)) == .taken)
    }

    @Test func aServerThatIsAwayChangesNoPrice() {
        var follower = PriceFollower()
        _ = follower.look(Self.map(Self.good))
        expect(follower.look(.unreadable("away")) == .unreadable("away"))
        expect(follower.look(.unreadable("away still")) == nil)
        #expect(follower.table.version == Self.own)
        // It may have changed meanwhile; that it is as it was is worth a line.
        expect(follower.look(Self.map(Self.good)) == .taken)
    }

    // MARK: In the cluster

    private struct Desk {
        let bench = Bench()
        let events: EventRecorder
        let book: PriceBook
        let key = ObjectKey(namespace: "demo", name: "prices")

        init() {
            events = EventRecorder(
                writer: bench.client, controller: "test", instance: "a", time: bench.time, logger: .disabled, seed: 1)
            book = PriceBook(
                PriceBook.Source(
                    key: key, client: bench.client, events: events, time: bench.time, logger: .disabled))
        }

        func put(_ text: String) {
            bench.server.put(
                ConfigMap(
                    metadata: ObjectMeta(name: key.name, namespace: key.namespace),
                    data: [PriceFollower.fileName: text]))
        }

        func told() async throws -> [String] {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await events.run() }
                await events.drain()
                try await group.waitForAll()
            }
            return bench.server.objects(.events).map { $0["reason"]?.stringValue ?? "" }
        }
    }

    @Test func aBadTableIsAnEventOfItsConfigMap() async throws {
        let desk = Desk()
        desk.put(Self.good)
        #expect(await desk.book.current().version == Self.own)
        desk.put("version: [\n")
        await desk.book.look()
        await desk.book.look()
        #expect(await desk.book.current().version == Self.own)
        #expect(try await desk.told() == ["PriceTableInvalid"])
        let event = try #require(desk.bench.server.objects(.events).first)
        #expect(event["regarding"]?["kind"] == "ConfigMap" && event["regarding"]?["name"] == "prices")
        #expect(event["note"]?.stringValue?.contains(Self.own) == true)
    }

    @Test func withoutASourceNobodyIsAsked() async {
        #expect(await PriceBook().current() == .builtIn)
    }

    // MARK: In a run

    /// A model of no known price has one by the table, and the task and its conversation say by which.
    @Test func whatARunHasCostSaysByWhichTable() async throws {
        let run = Rehearsal(.detection, isPriced: true) { $0.spec.limits = Self.limits }
        try await run.perform()
        let task = try #require(try run.task())
        #expect(task.status.phase == .succeeded)
        #expect(task.status.usage?.priceTable == "scripted+\(PriceTable.builtIn.version)")
        // 100 tokens in at a dollar a million, 10 out at two.
        #expect(task.status.usage?.cost?.nanos == Int64(run.provider.calls) * 120_000)
        let (status, record, _) = try await run.conversation()
        #expect(status.usage?.priceTable == task.status.usage?.priceTable)
        #expect(status.cost?.totalCost == task.status.usage?.cost)
        #expect(record.messages.compactMap(\.cost).allSatisfy { $0.source == "table scripted" })
    }

    /// Nobody can tell what a call cost whose reply never came: the bill says so, and what it may be at most.
    @Test func aRunThatOnlyLostRepliesIsNotShownAsFree() async throws {
        let run = Rehearsal(.cancelledImmediately, isPriced: true)
        #expect(try await run.process("aaaaa").work(until: run.isOver))
        let status = try #require(try run.task()?.status)
        let usage = try #require(status.usage)
        #expect(usage.calls == 0 && usage.lostCalls == 1 && usage.cost?.nanos == 0)
        #expect(try #require(usage.lostCost?.nanos) > 120_000)
        #expect(status.display?.cost == "≥ $0")
        let conversation = try #require(try run.server.objects(LLMConversation.self, namespace: "demo").first?.status)
        #expect(conversation.usage == usage && conversation.display?.cost == "≥ $0")
    }

    /// The limit of the same task without the table is refused.
    @Test func withoutTheTableThePriceIsUnknown() async throws {
        let run = Rehearsal(.detection) { $0.spec.limits = Self.limits }
        try await run.perform()
        #expect(try run.task()?.status.conditions.get(.succeeded)?.reason == "PriceUnknown")
        #expect(run.provider.calls == 0)
    }
}
