import AIOpsAPI
import JSON
import KubernetesModel
import KubernetesTesting
import Primitives

/// O1: what is there at the end, as one value per field, without what may differ between two runs that ended alike.
///
/// Of our own kinds every field counts; of all others, that the object is there.
package struct EndState: Sendable, Hashable {
    /// Fields that a run's way leaves its mark on: times, identities, and how much was said and paid.
    ///
    /// A crash may cost a model call that is charged and asked again (I2), so figures of usage differ; that they add up is
    /// a check of its own (``Bill``).
    private static let masked: Set<String> = [
        "uid", "resourceVersion", "creationTimestamp", "lastTransitionTime", "startedAt", "finishedAt", "completedAt",
        "endedAt", "since", "at", "admittedAt", "durationSeconds", "duration", "worker", "workerID", "epoch",
        "aiops.dev/epoch", "sha256", "bytes", "count", "firstSeq", "recentMessages", "usage", "cost", "steps",
        "stepsTaken",
        "totalMessages", "messages", "completed", "failed", "tokens", "head", "managedFields", "scores",
    ]

    private var fields: [String: String] = [:]
    private(set) var violations: [Violation] = []
    package private(set) var bill = Bill()
    /// Steps of the agents of all tasks, as their status tells them.
    package private(set) var steps: Int64 = 0

    init() {}

    init(_ world: World) {
        let ours = [AIOpsTask.resourceType, WorkerPool.resourceType, LLMConversation.resourceType]
        for (type, object) in world.server.everything where type != .events && type != .leases && type != .coreEvents {
            let metadata = object["metadata"] ?? [:]
            let name = "\(type) \(metadata["namespace"]?.stringValue ?? "")/\(metadata["name"]?.stringValue ?? "")"
            fields[name] = "there"
            if ours.contains(type) { add(object, at: name) }
            if type == AIOpsTask.resourceType { steps += object["status"]?["result"]?["stepsTaken"]?.integerValue ?? 0 }
        }
        bill = Bill(world)
        violations = bill.violations
    }

    private mutating func add(_ value: JSONValue, at path: String) {
        switch value {
        case .object(let object):
            for (key, member) in object where !Self.masked.contains(key) { add(member, at: "\(path).\(key)") }
        case .array(let items):
            // Lists of named things are compared by name: their order is nobody's promise.
            for (index, item) in items.enumerated() {
                let name = (item["type"] ?? item["name"])?.stringValue.map(Self.withoutNumbers)
                add(item, at: "\(path)[\(name ?? String(index))]")
            }
        case .string(let text): fields[path] = Self.withoutNumbers(text)
        // A number that was never written reads as nought.
        case .integer(0): break
        default: fields[path] = value.text
        }
    }

    /// Numbers and session names in texts for people differ with what happened on the way.
    private static func withoutNumbers(_ text: String) -> String {
        guard text.utf8.contains(where: { (0x30...0x39).contains($0) }) else { return text }
        var result: [UInt8] = []
        for byte in text.utf8 {
            let isDigit = (0x30...0x39).contains(byte)
            if !isDigit {
                result.append(byte)
            } else if result.last != UInt8(ascii: "#") {
                result.append(UInt8(ascii: "#"))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Where how far a run came depends on when it was interrupted, only how it ended counts: as the clean one did, or in
    /// one of the phases given.
    package func differences(from clean: EndState, outcomesAmong allowed: Set<String>) -> [Violation] {
        let (mine, its) = (outcomes, clean.outcomes)
        guard mine != its, !(mine.count == its.count && mine.allSatisfy { allowed.contains($0.phase) }) else {
            return []
        }
        return [Violation(.endState, "ended \(mine.map(\.phase)), in the clean run \(its.map(\.phase))")]
    }

    private struct Outcome: Equatable {
        var task: String
        var phase: String
    }

    /// The last phase of every task.
    private var outcomes: [Outcome] {
        fields.filter { $0.key.hasPrefix("aiopstasks") && $0.key.hasSuffix(".status.phase") }
            .map { Outcome(task: $0.key, phase: $0.value) }.sorted { $0.task < $1.task }
    }

    /// Kind, namespace and name of every object.
    package var objects: [String] { fields.filter { $0.value == "there" }.keys.sorted() }

    package func differences(from clean: EndState) -> [Violation] {
        guard fields != clean.fields else { return [] }
        return Set(fields.keys).union(clean.fields.keys).sorted().filter { fields[$0] != clean.fields[$0] }.prefix(8)
            .map {
                Violation(
                    .endState,
                    "\($0) is \(fields[$0] ?? "not there"), in the clean run \(clean.fields[$0] ?? "not there")")
            }
    }
}
