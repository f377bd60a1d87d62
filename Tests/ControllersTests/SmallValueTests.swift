import AIOpsAPI
import Conversations
import FoundationEssentials
import JSON
import KubernetesModel
import Primitives
import Testing

@testable import Controllers

@Suite struct SmallValueTests {
    @Test(arguments: [
        ("*", "anything", true), ("", "", true), ("a*", "abc", true), ("a*", "bc", false), ("*-1", "x-1", true),
        ("a*b*c", "aXbYc", true), ("a*b*c", "aXcYb", false), ("shop_*-detection-*", "shop_lite-detection-1", true),
        ("exact", "exact", true), ("exact", "exactly", false), ("a*a", "a", false),
    ])
    func globs(pattern: String, text: String, matches: Bool) {
        #expect(Glob(pattern).matches(text) == matches)
    }

    @Test(arguments: [
        ("https://api.example.com/v1", "api.example.com"), ("http://10.0.0.1:8000", "10.0.0.1"),
        ("https://[fd00::1]:443/v1", "fd00::1"), ("HTTPS://x", nil), ("ftp://x", nil), ("https://", nil),
        ("https://user@host/v1", nil), ("https://API.example.com", "api.example.com"),
    ])
    func hosts(url: String, host: String?) {
        #expect(ModelEndpoint(baseURL: url)?.host == host)
    }

    /// A list names a host for every port, or one port of it.
    @Test(arguments: [
        (["10.0.0.5"], true), (["10.0.0.5:9999"], true), (["10.0.0.5:80"], false), (["10.0.0.5:99990"], false),
    ])
    func aListMayNameAPort(hosts: [String], isAllowed: Bool) throws {
        let endpoint = try #require(ModelEndpoint(baseURL: "http://10.0.0.5:9999/v1"))
        #expect(endpoint.isAllowed(by: Set(hosts)) == isAllowed)
        #expect(ModelEndpoint(baseURL: "http://10.0.0.5/v1")?.isAllowed(by: ["10.0.0.5:9999"]) == false)
    }

    @Test(arguments: ["http://169.254.169.254/latest", "http://[fe80::1]/v1"])
    func linkLocalIsRefusedWhateverIsListed(url: String) throws {
        let endpoint = try #require(ModelEndpoint(baseURL: url))
        #expect(!endpoint.isAllowed(by: [endpoint.host]))
    }

    /// Tasks of one second would stand in line by their uids, which are random.
    @Test func theQueueKnowsWhoCameFirstWithinASecond() throws {
        var queue = AIOpsTask.QueueState()
        queue.since = Timestamp(microseconds: 1_800_000_000_123_456)
        let read = try AIOpsTask.QueueState(json: queue.jsonBytes())
        #expect(read.since == queue.since)
    }

    @Test func workerNamesTellTheirSession() {
        let ours = WorkerNames(session: "abcde")
        let pool = ObjectKey(namespace: "team-a", name: "my-pool")
        #expect(ours.names(pool: pool, replicas: 2) == ["team-a/my-pool-abcde-0", "team-a/my-pool-abcde-1"])
        #expect(ours.names(pool: pool, replicas: 2).allSatisfy(ours.isOurs))
        #expect(!ours.isOurs("team-a/my-pool-vwxyz-0"))
        #expect(!ours.isOurs("abcde"))
        #expect(ours.names(pool: pool, replicas: -1).isEmpty)
    }

    /// The schema takes no longer names, and a claim that is refused leaves the queue standing.
    @Test(arguments: [179, 180, 253])
    func workersOfAnyPoolHaveNamesThatTheServerTakes(length: Int) {
        let ours = WorkerNames(session: "abcde")
        let names = ["x", "y"].flatMap { last in
            let pool = ObjectKey(
                namespace: String(repeating: "n", count: 63), name: String(repeating: "p", count: length - 1) + last)
            return ours.names(pool: pool, replicas: 1000)
        }
        #expect(Set(names).count == 2000 && names.allSatisfy { $0.utf8.count <= 253 && ours.isOurs($0) })
    }

    /// What the API takes is what a process runs, and what the chart lets one ask for.
    @Test func thereIsOneBoundOfWorkers() throws {
        let workers = WorkerPool.Workers.schema.openAPI(.current)["properties"]
        let most = try #require(workers?["replicas"]?["maximum"]?.integerValue)
        let pool = ObjectKey(namespace: "demo", name: "default")
        #expect(WorkerNames(session: "abcde").names(pool: pool, replicas: .max).count == Int(most))
        #expect(OperatorSettings(version: "test", namespace: "demo").maxConcurrentRuns == Int(most))
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        let chart = try Data(contentsOf: URL(filePath: root + "/charts/aiops-operator/values.schema.json"))
        let values = try JSONValue(parsing: Array(chart))["properties"]
        #expect(values?["defaultPool"]?["properties"]?["workers"]?["maximum"]?.integerValue == most)
    }

    @Test func requestsToARunOnlyGetStronger() async {
        let control = RunControl()
        control.ask(.abandon)
        control.ask(.cancelGracefully)
        #expect(control.request == .abandon)
        await control.asked(for: .cancelImmediately)
    }

    /// Each waiter hears of what it waits for and of anything stronger, once.
    @Test func aWaiterHearsOfWhatItWaitsFor() async {
        let control = RunControl()
        let heard = AsyncStream<RunControl.Request>.makeStream()
        await withTaskGroup(of: Void.self) { group in
            for least in [RunControl.Request.cancelGracefully, .cancelImmediately] {
                group.addTask {
                    await control.asked(for: least)
                    heard.continuation.yield(least)
                }
            }
            var said = heard.stream.makeAsyncIterator()
            control.ask(.cancelGracefully)
            #expect(await said.next() == .cancelGracefully)
            control.ask(.cancelImmediately)
            #expect(await said.next() == .cancelImmediately)
        }
    }

    /// A guess is told as one, and what is simulated tells more than that.
    @Test(arguments: [(false, false, false), (true, false, true), (true, true, false)])
    func estimatesAreToldInTheBill(isEstimated: Bool, isSimulated: Bool, says: Bool) {
        var record = ConversationRecord(identity: "u", redact: { $0 })
        var replies = [true, false].map { isExact in
            var reply = ConversationMessage(timestamp: Fixture.now, role: .assistant, content: "")
            reply.usage = MessageUsage(inputTokens: 1, outputTokens: 1, isEstimated: isEstimated && !isExact)
            return reply
        }
        replies.append(ConversationMessage(timestamp: Fixture.now, role: .user, content: ""))
        _ = record.append(replies)
        #expect(record.totals.usage(isSimulated: isSimulated, priceTable: nil).estimated == says)
    }

    /// Of a cancel and the agent's beginning the first wins, whatever is asked later.
    @Test func theAgentBeginsOrIsKeptFromIt() {
        let (begun, shut, resumed) = (
            AgentGate(hasBegun: false), AgentGate(hasBegun: false), AgentGate(hasBegun: true)
        )
        #expect(begun.begin() && !begun.shut() && begun.begin() && begun.hasBegun)
        #expect(shut.shut() && !shut.begin() && shut.shut() && !shut.hasBegun)
        #expect(!resumed.shut() && resumed.begin())
    }
}
