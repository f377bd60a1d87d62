import AIOpsAPI
import ControllerRuntime
import Controllers
import Conversations
import JSON
import KubernetesClient
import KubernetesModel
import KubernetesTesting
import Primitives
import SimulationTesting
import Telemetry
import Testing

/// All that two whole runs have written anywhere, in which a secret came from every side: one in which the application's
/// tools and logs show it, the model says it and the agent submits it, and one in which the provider's refusal quotes it.
struct SecretTrail: Sendable {
    private(set) var texts: [SecretSink: String] = [:]

    /// Stands beside the secret wherever that is planted, so that a sink it never came to is found out.
    static let mark = "planted"

    /// Each kind once, whoever asks.
    static let kept = Kept()

    actor Kept {
        private var trails: [String: Task<SecretTrail, any Error>] = [:]

        func trail(of secret: SecretKind, _ style: AgentToolStyle) async throws -> SecretTrail {
            let name = "\(secret.name), \(style)"
            let task =
                trails[name]
                ?? Task {
                    var trail = SecretTrail()
                    try await trail.succeed(secret, style)
                    try await trail.fail(secret)
                    try await trail.stall(secret)
                    return trail
                }
            trails[name] = task
            return try await task.value
        }
    }

    private static func planted(_ secret: SecretKind) -> String { "\(mark) \(secret.text)\n" }

    private static func redactor(_ secret: SecretKind) -> Redactor {
        let redactor = Redactor()
        if let known = secret.registered { redactor.register(secret: known) }
        return redactor
    }

    private mutating func note(_ sink: SecretSink, _ text: String) { texts[sink, default: ""] += text + "\n" }

    private mutating func note(_ run: Rehearsal) throws {
        for task in run.history { note(.taskStatus, task.jsonValue().text) }
        for conversation in run.server.objects(LLMConversation.resourceType) {
            note(.conversationStatus, conversation["status"]?.text ?? "")
        }
        for map in run.server.objects(.configMaps) where map["metadata"]?["name"]?.stringValue != "prices" {
            let name = map["metadata"]?["name"]?.stringValue ?? ""
            note(name.contains("diagnostics") ? .diagnostics : .segment, map.text)
            guard map["metadata"]?["labels"]?[ConversationLocation.label] != nil else { continue }
            // What is compressed there is read by those who look for keys as well.
            note(.segment, String(decoding: try ConfigMap(jsonValue: map).conversationLines(), as: UTF8.self))
        }
        for event in run.server.objects(.events) { note(.event, event.text) }
        note(.metrics, run.metrics.prometheusText())
    }

    private static func conversationMaps(_ run: Rehearsal, _ kept: Locked<String>) {
        run.server.react(to: .configMaps) { map, _ in
            guard map["metadata"]?["name"]?.stringValue?.contains("segment") == false else { return }
            kept.withLock { $0 += map.text }
        }
    }

    private mutating func succeed(_ secret: SecretKind, _ style: AgentToolStyle) async throws {
        let redactor = Self.redactor(secret)
        let log = LineSink(redactor)
        let run = Rehearsal(
            .detection, answers: .saying(Self.planted(secret)), redactor: redactor, log: log
        ) { $0.spec.agent?.toolStyle = style }
        run.cluster.remark.withLock { $0 = Self.planted(secret) }
        let flushes = Locked("")
        Self.conversationMaps(run, flushes)
        let process = try run.process("aaaaa")
        #expect(try await process.work(until: run.isOver))
        try await process.tellEvents()
        try note(run)
        note(.flush, flushes.withLock { $0 })
        note(.log, log.text)
        for body in process.link.asked { note(.request, body) }
        let task = try #require(try run.task())
        let key = ObjectKey(namespace: "demo", name: task.conversationName(attempt: 1, retain: .withTask))
        let stored = try await StoredConversation.read(key, Bench.client(run.server, run.time))
        let export = ConversationExport(stored.messages, facts: stored.facts)
        for (sink, format) in [
            (SecretSink.textExport, ExportFormat.text), (.jsonExport, .json), (.trainingExport, .training),
            (.sessionExport, .aiopslab), (.trajectoryExport, .atif),
        ] {
            note(sink, String(decoding: export.bytes(as: format), as: UTF8.self))
        }
    }

    private mutating func fail(_ secret: SecretKind) async throws {
        let redactor = Self.redactor(secret)
        let log = LineSink(redactor)
        let run = Rehearsal(
            .detection, answers: .refusing(Self.planted(secret)), redactor: redactor, log: log)
        run.server.serveLogs { _, _ in Self.planted(secret) }
        let process = try run.process("aaaaa")
        #expect(try await process.work(until: run.isOver))
        try await process.tellEvents()
        #expect(try run.task()?.status.phase == .failed)
        try note(run)
        note(.log, log.text)
    }

    /// A task and a pool whose specs have it where it is named in what is said about them.
    private mutating func stall(_ secret: SecretKind) async throws {
        let long = String(repeating: "x", count: 5_000)
        let run = Rehearsal(.detection, redactor: Self.redactor(secret)) {
            $0.spec.problem?.parameters = [Self.planted(secret): long]
        }
        let key = Fixture.pool().key
        run.server.modify(WorkerPool.resourceType, key) {
            // Too long a value, of which the key is named.
            let labels: JSONObject = [Self.planted(secret): .string(long)]
            $0["spec"]?["routes"] = [["pattern": "*", "matchLabels": .object(labels)]]
        }
        let process = try run.process("aaaaa")
        // As a controller does with what its reconciler has to tell.
        try process.fillCaches()
        for note in await process.taskReconciler.reconcile(Rehearsal.key).notes { process.events.record(note) }
        try await process.round()
        try await process.tellEvents()
        try note(run)
        note(.poolStatus, run.server.object(WorkerPool.resourceType, key)?["status"]?.text ?? "")
    }
}

/// Keeps lines as they would be written.
final class LineSink: LogSink {
    private let redactor: Redactor
    private let lines = Locked<[UInt8]>([])

    init(_ redactor: Redactor) { self.redactor = redactor }

    var text: String { String(decoding: lines.withLock { $0 }, as: UTF8.self) }

    func write(_ record: LogRecord) {
        let line = LogLine.format(record, redactor: redactor)
        lines.withLock { $0 += line }
    }
}
