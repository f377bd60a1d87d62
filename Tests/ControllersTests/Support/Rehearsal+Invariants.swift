import AIOpsAPI
import Controllers
import Conversations
import JSON
import KubernetesModel
import KubernetesTesting
import Primitives
import SimulationTesting
import Telemetry
import Testing

extension Rehearsal {
    /// What must hold after every run that came to its end, whatever happened on the way.
    ///
    /// With a rival that still believed in its claim, refused writes may come after the end.
    func expectInvariants(_ what: Comment = "", lostCalls: Int? = nil, hadRival: Bool = false) async throws {
        let task = try #require(try task(), what)
        expectOneEnvironment(hadRival: hadRival, what)
        expectOrder(what)
        expectHistory(what)
        if !hadRival { expectNoLateWrite(what) }
        expectEndBeforeSeal(what)
        guard play.talks else { return }
        let (status, record, maps) = try await conversation()
        #expect(status.complete && status.phase == .complete, what)
        #expect(status.totalMessages == record.entries.count, what)
        #expect(task.status.conditions.isTrue(.conversationPersisted), what)
        #expect(task.status.result?.totalMessages == record.entries.count, what)
        #expect(!maps.isEmpty && maps.allSatisfy { $0.contains("-segment-") }, what)
        // I2: every reply of the provider is in the record, or charged as lost.
        let open = record.totals.open == nil ? 0 : 1
        #expect(provider.calls <= record.totals.calls + record.totals.lostCalls + open, what)
        // A call under way at a death is closed by the next one, which a run that is to end does not make.
        if !play.isCutOff, play != .cancelledGracefully { #expect(open == 0, what) }
        // Counted when they come, by whichever process: 100 tokens in and 10 out each.
        let calls = Double(provider.calls)
        #expect(tokens("input") == 100 * calls && tokens("output") == 10 * calls, what)
        if let lostCalls { #expect(record.totals.lostCalls <= lostCalls, what) }
        #expect(task.status.usage?.calls == Int64(record.totals.calls), what)
        #expect(task.status.steps == record.totals.steps, what)
        #expect(task.status.result?.stepsTaken == record.totals.steps, what)
        #expect(task.status.usage?.lostCalls == Int64(record.totals.lostCalls + open), what)
        #expect(status.usage == task.status.usage, what)
        #expect(cluster.repairs.withLock { $0 } <= 1, what)
    }

    /// What all processes together have counted of the provider's tokens.
    func tokens(_ type: String) -> Double {
        metrics.counter("aiops_tokens_total", "Tokens of model calls.", labels: ["provider", "type"])
            .value(["OpenAICompatible", type])
    }

    /// I1: two namespaces, made once, and gone.
    ///
    /// A rival may make them again, if it takes them back.
    private func expectOneEnvironment(hadRival: Bool, _ what: Comment) {
        if !hadRival { #expect(namespacesMade == 2, what) }
        #expect(namespacesLeft.isEmpty, what)
    }

    /// I1, I9: what is made or broken was written down before.
    private func expectOrder(_ what: Comment) {
        let writes = server.writes
        func first(_ matches: (APICall) -> Bool) -> Int { writes.firstIndex(where: matches) ?? .max }
        let finalizer = first { $0.type == AIOpsTask.resourceType && $0.body.text.contains("/metadata/finalizers") }
        let claim = first { $0.type == AIOpsTask.resourceType && $0.body["status", "claim"] != nil }
        let inventory = first { $0.body["status"]?["environment"]?["inventory"] != nil }
        let namespace = first { $0.type == .namespaces && $0.verb == "create" }
        let undo = first { $0.type == AIOpsTask.resourceType && $0.body.text.contains("\"undo\"") }
        let fault = first { $0.type == .services && $0.verb == "patch" }
        #expect(finalizer < claim && claim < inventory && inventory < namespace, what)
        guard play.talks else { return }
        #expect(namespace < undo && undo < fault && fault < .max, what)
    }

    /// A process that dies between the two must leave behind how the run ends, or the next begins it again.
    private func expectEndBeforeSeal(_ what: Comment) {
        let writes = server.writes
        let ending = writes.firstIndex {
            $0.type == AIOpsTask.resourceType && $0.body["status"]?["attempts"] != nil
        }
        let seal = writes.firstIndex { $0.type == .configMaps && $0.name.contains("-segment-") }
        #expect(ending != nil, what)
        if let ending, let seal { #expect(ending < seal, what) }
    }

    /// I4: phases only along the graph, epochs and generations only up; nothing of the outcome changes after the end.
    private func expectHistory(_ what: Comment) {
        let history = history
        for (old, new) in zip(history, history.dropFirst()) {
            let (from, to) = (old.phase ?? .pending, new.phase ?? .pending)
            #expect(from.canMove(to: to), "\(from) to \(to), \(what)")
            #expect(new.observedGeneration >= old.observedGeneration, what)
            #expect((new.claim?.epoch ?? 0) >= (old.claim?.epoch ?? 0), what)
            if old.conditions.isTrue(.evaluated) { #expect(new.result?.verdict == old.result?.verdict, what) }
            for condition in new.conditions {
                guard let before = old.conditions.first(where: { $0.type == condition.type }) else { continue }
                if before.status == condition.status {
                    #expect(before.lastTransitionTime == condition.lastTransitionTime, "\(condition.type), \(what)")
                }
            }
            guard old.isFinished else { continue }
            #expect(new.result == old.result && new.completedAt == old.completedAt && new.claim == old.claim, what)
        }
    }

    private func expectNoLateWrite(_ what: Comment) {
        let writes = server.writes
        let ends = ["Succeeded", "Failed", "Cancelled"]
        let end = writes.lastIndex { write in
            write.type == AIOpsTask.resourceType && ends.contains(write.body["status", "phase"]?.stringValue ?? "")
        }
        let late = writes.dropFirst((end ?? writes.count) + 1).filter { $0.query["fieldManager"] == "aiops-worker" }
        #expect(late.isEmpty, what)
    }
}
