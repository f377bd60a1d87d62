import AIOpsAPI
import Controllers
import Conversations
import JSON
import KubernetesModel
import KubernetesTesting
import Primitives

/// I2 and I3 at the end: the record is whole and gapless, and every call that the provider answered is in it or charged.
package struct Bill: Sendable, Hashable {
    /// Calls that the provider answered, by its own count.
    package private(set) var answered = 0
    /// Calls whose reply is recorded.
    package private(set) var recorded = 0
    /// Calls that stay charged although no reply is recorded.
    package private(set) var charged = 0
    private(set) var violations: [Violation] = []

    init() {}

    init(_ world: World) {
        answered = world.provider.calls
        var isKnown = true
        for conversation in world.server.objects(LLMConversation.resourceType) {
            let name = conversation["metadata"]?["name"]?.stringValue ?? ""
            do {
                guard let record = try Self.record(of: conversation, world) else {
                    isKnown = false
                    continue
                }
                // What is reserved and was cut short stays charged.
                recorded += record.totals.calls
                charged += record.totals.lostCalls + (record.totals.open == nil ? 0 : 1)
                let status = conversation["status"] ?? [:]
                if status["complete"]?.boolValue != true { add("I3: \(name) is not complete") }
                if status["totalMessages"]?.integerValue != Int64(record.entries.count) {
                    add(
                        "I3: \(name) holds \(record.entries.count) messages and says "
                            + "\(status["totalMessages"]?.integerValue ?? 0)")
                }
            } catch {
                add("I3: \(name) cannot be read: \(error)")
            }
        }
        let tasks = world.server.objects(AIOpsTask.resourceType)
        let hasDeletions =
            tasks.count < world.server.objects(LLMConversation.resourceType).count
            || tasks.isEmpty
        if isKnown, !hasDeletions, answered > recorded + charged {
            add("I2: \(answered) calls were answered, \(recorded + charged) are paid for")
        }
    }

    private static func record(of conversation: JSONValue, _ world: World) throws -> ConversationRecord? {
        let uid = conversation["spec"]?["taskRef"]?["uid"]?.stringValue ?? ""
        let attempt = conversation["spec"]?["attempt"]?.integerValue ?? 1
        let identity = "\(uid)-\(attempt)"
        // A create that was on its way when its writer was stopped may arrive behind the seal, which is the last write of a
        // conversation: nobody counted it, and no reader takes it for a message.
        let seal = conversation["status"]?["complete"]?.boolValue == true ? version(of: conversation) : nil
        let maps = world.server.objects(.configMaps).filter { map in
            map["metadata"]?["labels"]?["aiops.dev/conversation"]?.stringValue == identity
                && seal.map { !ResourceVersion.isNewer(version(of: map), than: $0) } ?? true
        }
        guard !maps.isEmpty else { return nil }
        let flushes = try maps.map { map in
            try Flush(parsing: ConfigMap(jsonValue: map).conversationLines())
        }
        let repair = ConversationRepair(flushes, identity: identity)
        if let fault = repair.fault { throw Damaged(fault: "\(fault)") }
        return try ConversationRecord(identity: identity, entries: repair.entries) { $0 }
    }

    private static func version(of object: JSONValue) -> String {
        object["metadata"]?["resourceVersion"]?.stringValue ?? ""
    }

    private struct Damaged: Error {
        var fault: String
    }

    private mutating func add(_ what: String) { violations.append(Violation(.invariants, what)) }
}
