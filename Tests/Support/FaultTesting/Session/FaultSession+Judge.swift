import AIOpsAPI
import ClusterTesting
import Conversations
import JSON
import KubernetesClient
import KubernetesModel
import Primitives

extension FaultSession.Running {
    /// I1 to I3, while the task and its conversation can still be read.
    func judgeEnd(_ task: AIOpsTask, _ plan: FaultPlan, _ marks: Marks) async throws -> [String] {
        var found = try await judgeNamespaces(task, marks)
        // What is beside the task is its own and goes with it, such as the diagnostics of a failed run.
        let left = try await cluster.objects(labelledFor: task.metadata.uid)
            .filter { !$0.contains(" \(namespace)/") }
        if !left.isEmpty { found.append("I1: left after the release: \(left)") }
        guard !task.status.conversations.isEmpty else { return found }
        do {
            let conversation = try await ConversationOfTask.read(task, cluster)
            let totals = conversation.totals
            let calls = model.calls.count - marks.modelCalls
            if calls > totals.calls + totals.lostCalls {
                found.append("I2: \(calls) calls were answered, \(totals.calls) counted, \(totals.lostCalls) lost")
            }
            if totals.lostCalls > plan.lostCalls { found.append("I2: \(totals.lostCalls) calls were lost") }
            if totals.open != nil { found.append("I2: a reservation is still open") }
            if task.status.usage?.calls != Int64(totals.calls) {
                found.append("I2: status counts \(task.status.usage?.calls ?? -1) calls, the record \(totals.calls)")
            }
            // One beginning, and a word about each call whose reply was lost.
            let words = conversation.messages.count { $0.role == .system }
            if words < 1 || words > 1 + totals.lostCalls { found.append("I3: the agent was told \(words) times") }
        } catch {
            found.append("I3: \(error)")
        }
        return found
    }

    /// I1: those of its attempt and no others, each once.
    func judgeNamespaces(_ task: AIOpsTask, _ marks: Marks) async throws -> [String] {
        let made = try await cluster.namespacesEverMade(for: task, since: marks.namespaces).sorted()
        let expected = [task.status.environment?.name, task.status.environment?.sandbox].compactMap(\.self).sorted()
        return made == expected ? [] : ["I1: namespaces \(made) were made for \(expected)"]
    }

    /// Everything that can be told from the traces of a run.
    func judge(
        _ plan: FaultPlan, _ task: AIOpsTask, _ outcome: Outcome, _ recording: Recording, _ marks: Marks,
        took: Duration, killedByModel: Bool
    ) async throws -> PlanResult {
        // A few requests from before as well: the audit log names them where they ended later.
        let report = try await settledReport(since: max(0, marks.request - 100))
        let requests = report.requests.filter { $0.number > marks.request }
        var found = outcome.problems + recording.violations
        found += WriteDiscipline.violations(requests)
        found += try await disagreements(report.requests, marks)
        let repairs = requests.count {
            $0.status == 101 && $0.command?.hasPrefix("kubectl patch") == true
        }
        if repairs > 1 { found.append("I2: the agent's change was made \(repairs) times") }
        let leaks = requests.filter { $0.body?.text.contains(FaultSession.key) == true }
        found += leaks.map { "I5: the key is in \($0.description)" }
        found += report.problems.map { "the stand-in node: \($0)" }
        let log = process.log(sinceLife: marks.life).utf8.dropFirst(marks.logged)
        found += OperatorLog.complaints(String(decoding: log, as: UTF8.self), explained: plan.explains)
        let hits = report.hits.values.reduce(0, +)
        if plan.mustHit, hits < plan.faults.count { found.append("the plan's fault was never hit: \(report.hits)") }
        return PlanResult(
            task: outcome.ended ?? recording.versions.last ?? task, end: outcome.end,
            updates: UpdateSummary(requests, names: NameMask(task)), journal: requests, hits: hits,
            armedAfter: outcome.armedAfter, deaths: outcome.deaths, modelCalls: model.calls.count - marks.modelCalls,
            versions: recording.versions.count - 1, took: took, violations: found)
    }

    /// What others see of a write comes before the reply to it: waits until every write has one.
    func settledReport(since number: Int) async throws -> FaultRig.Report {
        try await eventually("every write is answered", every: .milliseconds(20)) {
            let report = try await rig.report(since: number)
            let open = report.requests.filter(\.isUnderWay)
            return open.isEmpty ? .yes(report) : .notYet("\(open.map(\.description))")
        }
    }

    /// Both sides go on while they are read: what the log had by now, the proxy must have seen by then, and what the
    /// proxy had seen, the log must have some moments later.
    private func disagreements(_ before: [JournalEntry], _ marks: Marks) async throws -> [String] {
        let written = try audit.writes(of: rig.user, since: marks.audit)
        let after = try await rig.report(since: max(0, marks.request - 100)).requests
        let past = WriteDiscipline.pastTheProxy(written, journal: after)
        let missing = Locked<[String]>([])
        do {
            try await eventually("the audit log has every write", within: .seconds(10)) {
                let log = try audit.writes(of: rig.user, since: marks.audit)
                let found = WriteDiscipline.unknown(to: log, journal: before)
                missing.withLock { $0 = found }
                return .holds(found.isEmpty, else: "\(found)")
            }
        } catch is NeverHappened {
            // What was missing to the end is told below.
        }
        return past + missing.withLock { $0 }
    }
}
