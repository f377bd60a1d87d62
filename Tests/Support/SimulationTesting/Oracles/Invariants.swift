import AIOpsAPI
import Conversations
import JSON
import KubernetesModel
import KubernetesTesting

/// O7: the domain's invariants, checked on every state that ever was.
///
/// It reads the objects as the server has them and shares no code with those that wrote them, but for the graph of the
/// phases. Numbers are those of the design.
struct Invariants: Sendable {
    private struct Known: Sendable {
        var name = ""
        var inventory: Set<String> = []
        var isGuarded = false
        /// The worker, while a worker has it.
        var worker: String?
    }

    /// By the uid of the task.
    private var tasks: [String: Known] = [:]
    /// Namespaces that are there, by the uid of the task they were made for.
    private var namespaces: [String: Set<String>] = [:]
    private static let uidLabel = "aiops.dev/uid"
    private static let statuses: [ResourceType: Schema] = [
        AIOpsTask.resourceType: AIOpsTask.Status.schema, WorkerPool.resourceType: WorkerPool.Status.schema,
        LLMConversation.resourceType: LLMConversation.Status.schema,
    ]

    mutating func look(at change: InMemoryAPIServer.Change, _ violations: inout [Violation]) {
        // One that is as it was has been looked at when it came.
        if let schema = Self.statuses[change.type], let status = change.new?["status"],
            change.old?["status"] != status
        {
            // A server with our CRDs refuses it, and goes on refusing it: whoever wrote it never gets any further.
            violations += schema.check(status, at: "\(change.key) status").map { Violation(.invariants, "\($0)") }
        }
        switch change.type {
        case AIOpsTask.resourceType: task(change, &violations)
        case .namespaces: namespace(change, &violations)
        case .configMaps: configMap(change, &violations)
        case WorkerPool.resourceType: pool(change, &violations)
        default: break
        }
    }

    // MARK: Tasks

    private mutating func task(_ change: InMemoryAPIServer.Change, _ violations: inout [Violation]) {
        let uid = (change.new ?? change.old)?["metadata"]?["uid"]?.stringValue ?? ""
        let name = "task \(change.key.name)"
        func violated(_ what: String) { violations.append(Violation(.invariants, "\(name): \(what)")) }
        let wasGuarded = change.old.map(Self.isGuarded) ?? false
        if wasGuarded, !(change.new.map(Self.isGuarded) ?? false) {
            // I1: the finalizer goes only when all of it is gone.
            let left = namespaces[uid] ?? []
            if !left.isEmpty { violated("I1: its finalizer went while \(left.sorted()) were there") }
        }
        guard let new = change.new else {
            tasks[uid] = nil
            return
        }
        var known = Known(name: change.key.name)
        known.isGuarded = Self.isGuarded(new)
        let status = new["status"] ?? [:]
        for entry in status["environment"]?["inventory"]?.arrayValue ?? [] where entry["kind"] == "Namespace" {
            known.inventory.insert(entry["name"]?.stringValue ?? "")
        }
        let phase = Phase(rawValue: status["phase"]?.stringValue ?? "Pending")
        known.worker = phase.isRunning ? status["claim"]?["worker"]?.stringValue : nil
        if let worker = known.worker {
            for (other, its) in tasks where other != uid && its.worker == worker {
                violated("I7: it and \(its.name) are both on \(worker)")
            }
            if !known.isGuarded, new["metadata"]?["deletionTimestamp"] == nil {
                violated("I1: it runs without its finalizer")
            }
        }
        let steps = status["steps"]?.integerValue ?? 0
        let limit = new["spec"]?["limits"]?["maxSteps"]?.integerValue ?? 30
        if steps > limit { violated("\(steps) steps, of \(limit) that it may take") }
        tasks[uid] = known
        if let old = change.old { move(old["status"] ?? [:], status, phase, violated) }
    }

    /// I4, and that what was reached stays reached.
    private func move(_ old: JSONValue, _ new: JSONValue, _ phase: Phase, _ violated: (String) -> Void) {
        let before = Phase(rawValue: old["phase"]?.stringValue ?? "Pending")
        let rises = (new["attempt"]?.integerValue ?? 0) > (old["attempt"]?.integerValue ?? 0)
        if !before.canMove(to: phase, startingAttempt: rises) { violated("I4: \(before) became \(phase)") }
        for (what, path) in [
            ("observedGeneration", ["observedGeneration"]), ("epoch", ["claim", "epoch"]), ("steps", ["steps"]),
            ("calls", ["usage", "calls"]),
        ] {
            let (from, to) = (Self.number(old, path), Self.number(new, path))
            if to < from { violated("I4: \(what) fell from \(from) to \(to)") }
        }
        let earlier = old["conditions"]?.arrayValue ?? []
        for condition in new["conditions"]?.arrayValue ?? [] {
            guard let was = earlier.first(where: { $0["type"] == condition["type"] }),
                was["status"] == condition["status"]
            else { continue }
            if was["lastTransitionTime"] != condition["lastTransitionTime"] {
                violated("I4: \(condition["type"]?.stringValue ?? "") was stamped anew without a change")
            }
        }
        let isEvaluated = earlier.contains { $0["type"] == "Evaluated" && $0["status"] == "True" }
        if isEvaluated, old["result"]?["verdict"] != new["result"]?["verdict"] { violated("its verdict changed") }
        guard before.isTerminal else { return }
        for field in ["result", "completedAt", "claim"] where old[field] != new[field] {
            violated("\(field) changed after its end")
        }
    }

    // MARK: Environments

    private mutating func namespace(_ change: InMemoryAPIServer.Change, _ violations: inout [Violation]) {
        guard let uid = (change.new ?? change.old)?["metadata"]?["labels"]?[Self.uidLabel]?.stringValue else { return }
        let name = change.key.name
        if change.new == nil {
            namespaces[uid]?.remove(name)
            return
        }
        namespaces[uid, default: []].insert(name)
        guard change.old == nil else { return }
        let task = tasks[uid]
        func violated(_ what: String) { violations.append(Violation(.invariants, "namespace \(name): \(what)")) }
        if task == nil { violated("I1: it was made for a task that is not there") }
        if let task, !task.inventory.contains(name) { violated("I1: it was made before it was written down") }
        if let task, !task.isGuarded { violated("I1: it was made for a task without a finalizer") }
        if (namespaces[uid]?.count ?? 0) > 2 { violated("I1: it is one too many") }
    }

    /// I3: what a reader has seen once never changes.
    private func configMap(_ change: InMemoryAPIServer.Change, _ violations: inout [Violation]) {
        guard let old = change.old, let new = change.new,
            new["metadata"]?["labels"]?["aiops.dev/conversation"] != nil
        else { return }
        if old["data"] != new["data"] || old["binaryData"] != new["binaryData"] {
            violations.append(Violation(.invariants, "I3: \(change.key) was written again"))
        }
    }

    // MARK: Money

    /// I2: what was spent in the window and what is promised never pass the budget.
    private func pool(_ change: InMemoryAPIServer.Change, _ violations: inout [Violation]) {
        guard let most = Self.money(change.new?["spec"]?["budget"]?["maxCost"]),
            let spend = change.new?["status"]?["spend"]
        else { return }
        let granted = (spend["grants"]?.arrayValue ?? []).map { Self.money($0["amount"]) ?? .max / 2 }
        let held = granted.reduce(0, +)
        func violated(_ what: String) { violations.append(Violation(.invariants, "\(change.key): I2: \(what)")) }
        if held != Self.money(spend["held"]) { violated("\(held) is granted, \(spend["held"]?.text ?? "") said") }
        let spent = Self.money(spend["cost"]) ?? .max / 2
        if spent + held > most { violated("\(spent) spent and \(held) granted of \(most)") }
    }

    private static func money(_ value: JSONValue?) -> Int64? {
        value?.stringValue.flatMap { DecimalString(rawValue: $0).nanos }
    }

    private static func isGuarded(_ task: JSONValue) -> Bool {
        (task["metadata"]?["finalizers"]?.arrayValue ?? []).contains { $0.stringValue?.hasPrefix("aiops.dev/") == true }
    }

    private static func number(_ value: JSONValue, _ path: [String]) -> Int64 {
        path.reduce(JSONValue?.some(value)) { $0?[$1] }?.integerValue ?? (path == ["observedGeneration"] ? -1 : 0)
    }
}
