import AIOpsAPI
import Controllers
import Conversations
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import Primitives
import Testing

/// A conversation read back as a user does it.
@Suite struct StoredConversationTests {
    private let bench = Bench()
    private let task: AIOpsTask
    private let location: ConversationLocation

    init() throws {
        task = try bench.store(
            Fixture.task(phase: .running) {
                var result = AIOpsTask.Result()
                result.verdict = .passed
                result.success = true
                result.scores = ["TTD": "12"]
                $0.status.result = result
            })
        location = ConversationLocation(task, attempt: 1, retain: .withTask)
    }

    private func write(
        _ flushes: Int, isSealed: Bool, retain: ConversationRetention = .withTask
    ) async throws {
        let keeper = bench.keeper(task, retain: retain)
        try await keeper.open()
        for flush in Bench.flushes(location.identity, flushes) {
            // The index of short messages is written once a minute.
            bench.time.advance(by: .seconds(61))
            try await keeper.append(flush)
        }
        if isSealed { _ = try await keeper.seal(success: true) }
    }

    private func read(retain: ConversationRetention = .withTask) async throws -> StoredConversation {
        try await StoredConversation.read(ConversationLocation(task, attempt: 1, retain: retain).key, bench.client)
    }

    private func change(_ index: Int, _ edit: @escaping @Sendable (String) -> String?) {
        let key = ObjectKey(namespace: "demo", name: bench.maps.sorted()[index])
        bench.server.modify(.configMaps, key) { map in
            let text = map["data", "messages.jsonl"]?.stringValue ?? Self.unpacked(map)
            map["binaryData"] = nil
            map["data"] = .object(edit(text).map { ["messages.jsonl": .string($0)] } ?? [:])
        }
    }

    private static func unpacked(_ map: JSONValue) -> String {
        let packed = Base64.decode(map["binaryData", "messages.jsonl.gz"]?.stringValue ?? "") ?? []
        do {
            return String(decoding: try Gzip.decompress(packed, limit: 1 << 20), as: UTF8.self)
        } catch {
            Issue.record("\(error)")
            return ""
        }
    }

    @Test(arguments: [false, true])
    func whatWasWrittenIsWhole(isSealed: Bool) async throws {
        try await write(3, isSealed: isSealed)
        let stored = try await read()
        #expect(stored.fault == nil && stored.isComplete == isSealed && stored.messages.map(\.seq) == [1, 2, 3])
        #expect(stored.messages.map(\.content) == ["message 0", "message 1", "message 2"])
        #expect(stored.head == stored.conversation.status.head?.sha256 && stored.head != nil)
        #expect(stored.facts.sessionID == location.identity && stored.facts.verdict == "Passed")
        #expect(stored.facts.success == true && stored.facts.scores == ["TTD": "12"])
    }

    /// With names and forms, whether or not the task names them: a model that is to learn from it was offered them.
    @Test(
        arguments: [
            (nil, nil, ["get_logs", "exec_shell", "submit"]), (["exec_shell"], nil, ["exec_shell", "submit"]),
            ([], nil, ["submit"]), (nil, "Shell", ["exec_shell", "submit"]),
        ] as [([String]?, String?, [String])])
    func theToolsAreThoseThatTheAgentWasOffered(named: [String]?, strategy: String?, offered: [String]) async throws {
        let bench = Bench()
        let task = try bench.store(
            Fixture.task { task in
                var agent = AIOpsTask.Agent()
                agent.tools = named
                agent.strategy = strategy.map { .init(rawValue: $0) }
                task.spec.agent = agent
                (task.status.phase, task.status.attempt, task.status.observedGeneration) = (.running, 1, 1)
                task.admit(now: Fixture.now)
            })
        try await bench.keeper(task).open()
        let key = ConversationLocation(task, attempt: 1, retain: .withTask).key
        let tools = try #require(try await StoredConversation.read(key, bench.client).facts.tools)
        #expect(tools.map(\.name) == offered)
        #expect(tools.allSatisfy { !$0.description.isEmpty && $0.parameters["type"] == "object" })
        #expect(tools.last?.parameters["properties"]?.objectValue?.isEmpty == false)
    }

    /// Its create was on its way when its writer was stopped: it is no message of a conversation that was sealed without it.
    @Test(arguments: [0, 2]) func whatCameAfterTheSealIsNoPartOfIt(sealed: Int) async throws {
        try await write(sealed, isSealed: true)
        let late = Bench.flushes(location.identity, sealed + 1)[sealed]
        try await ConfigMapJournal(location, epoch: 1, client: bench.client).append(late)
        let stored = try await read()
        #expect(stored.fault == nil && stored.isComplete)
        #expect(stored.messages.map(\.seq) == Array(1..<(sealed + 1)))
        // Whoever seals again, after a crash before the task was told, finds what was sealed, and takes the rest away.
        let heir = bench.keeper(task, epoch: 2)
        try await heir.open()
        #expect(try await heir.seal(success: true).entries.count == sealed)
        #expect(bench.maps.allSatisfy { $0.contains("-segment-") })
        let status = try #require(try bench.conversation(task)).status
        #expect(status.complete && status.totalMessages == sealed)
    }

    /// The chain alone cannot tell that its end is missing; the index can.
    @Test(arguments: [0, 1, 2])
    func aMissingPartIsNoticedWhereverItWas(index: Int) async throws {
        try await write(3, isSealed: false)
        bench.server.remove(.configMaps, ObjectKey(namespace: "demo", name: bench.maps.sorted()[index]))
        let stored = try await read()
        #expect(stored.fault == ConversationFault(seq: index + 1, kind: .missing))
        #expect(stored.messages.count == index)
    }

    @Test func aSealThatIsCutShortIsNoticed() async throws {
        try await write(3, isSealed: true)
        change(0) { text in text.split(separator: "\n").dropLast().joined(separator: "\n") + "\n" }
        let stored = try await read()
        #expect(stored.fault == ConversationFault(seq: 3, kind: .missing) && stored.messages.count == 2)
    }

    @Test func anEditIsNoticed() async throws {
        try await write(3, isSealed: true)
        change(0) { $0.replacing("message 1", with: "message X") }
        let stored = try await read()
        #expect(stored.fault == ConversationFault(seq: 2, kind: .brokenChain) && stored.messages.count == 1)
    }

    /// Whoever may write ConfigMaps may put anything into one: what it would become is bounded, and what it is is said.
    @Test(arguments: [
        ("a bomb", "holds more than 1048576 bytes"), ("its beginning", "ends too early"), ("noise", "no valid gzip"),
    ])
    func aDamagedCompressedSegmentIsNoticed(what: String, said: String) async throws {
        try await write(3, isSealed: true)
        let bytes: [UInt8]
        switch what {
        case "a bomb": bytes = try Gzip.compress([UInt8](repeating: 0x20, count: 64 << 20))
        case "noise": bytes = Array("noise".utf8)
        default:
            let map = try #require(try bench.server.objects(ConfigMap.self, namespace: "demo").first)
            bytes = Array(try #require(map.binaryData["messages.jsonl.gz"]).dropLast(9))
        }
        bench.server.modify(.configMaps, ObjectKey(namespace: "demo", name: bench.maps[0])) {
            $0["binaryData"] = ["messages.jsonl.gz": .string(Base64.encode(bytes))]
        }
        let stored = try await read()
        guard case .malformed(let reason) = stored.fault?.kind else {
            Issue.record("\(String(describing: stored.fault))")
            return
        }
        #expect(reason.contains(said) && reason.contains(bench.maps[0]) && stored.messages.isEmpty)
        let error = await #expect(throws: JournalError.self) { try await bench.keeper(task, epoch: 2).record() }
        guard case .corrupt = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    /// What was sealed before segments were compressed, and what compresses to nothing smaller.
    @Test func aSegmentInPlainTextIsReadAsWell() async throws {
        try await write(3, isSealed: true)
        change(0) { $0 }
        let stored = try await read()
        #expect(stored.fault == nil && stored.messages.map(\.seq) == [1, 2, 3])
        #expect(try await bench.keeper(task, epoch: 2).record().entries.count == 3)
    }

    @Test(arguments: ["{}", nil])
    func whatCannotBeReadIsNoticed(text: String?) async throws {
        try await write(3, isSealed: false)
        change(1) { _ in text }
        let stored = try await read()
        guard case .malformed = stored.fault?.kind else {
            Issue.record("\(String(describing: stored.fault))")
            return
        }
        #expect(stored.messages.count == 1)
    }

    /// A kept conversation outlives its task, also when another takes the name.
    @Test(arguments: [false, true])
    func aTaskOfAnotherUIDSaysNothing(isReplaced: Bool) async throws {
        try await write(1, isSealed: true, retain: .keep)
        bench.server.remove(AIOpsTask.resourceType, task.key)
        if isReplaced { _ = try bench.store(Fixture.task(phase: .running)) }
        let stored = try await read(retain: .keep)
        #expect(stored.task == nil && stored.fault == nil)
        #expect(stored.facts.success == true && stored.facts.verdict == nil)
    }

    @Test func whatDoesNotExistIsSaid() async throws {
        let error = await #expect(throws: KubernetesError.self) { try await read() }
        #expect(error?.isNotFound == true)
    }
}
