import AIOpsAPI
import JSON
import KubernetesModel
import KubernetesTesting
import Primitives

/// What is known of a run up to one moment, the oracles' memory included: a value, so that it can be saved and gone on from.
package struct Moment: Sendable {
    /// The last change of the server that was looked at.
    var version: Int64 = 0
    /// How many changes there were, but for those of Leases and Events.
    private(set) var changes = 0
    var processes = 0
    /// Writes, model calls and commands that were carried out.
    var effects = 0
    var doneSteps: Set<Int> = []
    private(set) var trace = Trace()
    private(set) var invariants = Invariants()
    private(set) var discipline = WriteDiscipline()
    private(set) var summary = UpdateSummary()
    private(set) var violations: [Violation] = []
    /// Attempts to write, by minute of the run, and whole lists: what a hot loop shows in.
    private(set) var tries: [Int64: Int] = [:]
    private(set) var lists = 0
    private var requests: [Int: Int] = [:]
    private var restsSince: Int64?

    /// Numbers the requests of each process that may have an effect, from 1; 0 for all others.
    mutating func count(_ exchange: Exchange) -> Int {
        guard exchange.mayHaveEffect, !exchange.isHousekeeping else { return 0 }
        requests[exchange.process, default: 0] += 1
        return requests[exchange.process] ?? 0
    }

    /// The call is the request of a process that made the changes; nil for what others did.
    mutating func look(at changes: [InMemoryAPIServer.Change], call: APICall?) {
        for change in changes {
            version = max(version, change.version)
            guard !Self.housekeeping.contains(change.type) else { continue }
            self.changes += 1
            invariants.look(at: change, &violations)
            summary.look(at: change)
            if restsSince != nil, call != nil {
                violations.append(Violation(.quiescence, "at rest, \(change.type) \(change.key) was written"))
            }
        }
        if let call, !changes.isEmpty { discipline.look(at: call, &violations) }
    }

    mutating func beginRest(at version: Int64) { restsSince = version }

    var isResting: Bool { restsSince != nil }

    mutating func report(_ violation: Violation) { violations.append(violation) }

    // MARK: Trace

    mutating func note(_ exchange: Exchange, status: Int, at now: Duration, keepsLines: Bool) {
        trace.fold(now, exchange, status)
        observe(exchange, at: now)
        if restsSince != nil, exchange.kind == .model || exchange.kind == .exec {
            violations.append(Violation(.quiescence, "at rest, \(exchange.method) \(exchange.target)"))
        }
        if keepsLines {
            trace.keep(
                now,
                "\(exchange.process)#\(exchange.number) \(exchange.method) \(exchange.target) -> \(status)"
                    + (exchange.kind == .write ? " " + String(decoding: exchange.body.prefix(400), as: UTF8.self) : ""))
        }
    }

    mutating func observe(_ exchange: Exchange, at now: Duration) {
        if exchange.kind == .write, !exchange.isHousekeeping, exchange.isOfOurKinds {
            tries[now.wholeSeconds / 60, default: 0] += 1
        }
        if exchange.kind == .read, exchange.target.hasPrefix("/apis/aiops.dev/v1alpha1/aiopstasks?") { lists += 1 }
    }

    mutating func note(_ line: String, at now: Duration, keepsLines: Bool) {
        trace.fold(now, line)
        if keepsLines { trace.keep(now, line) }
    }

    /// Leases and Events come and go as they like.
    private static let housekeeping: Set<ResourceType> = [.leases, .events, .coreEvents]
}
