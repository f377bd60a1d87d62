import JSON
import Primitives

/// The course of one investigation: look, look again if in doubt, mend if asked to, answer.
///
/// Invariants: the next move depends on briefing, seed and what came back, nothing else; there are at most
/// `maximumChecks` checks and `maximumRepairs` repairs, so it always ends.
struct Investigation {
    private enum Stage { case survey, evidence, repair, check, answer }

    /// How often something that may pass by itself is looked at again before it is believed.
    private static let patience = 2
    private static let maximumChecks = 6
    private static let maximumRepairs = 2

    private let briefing: Briefing
    private let survey: [KubectlTable]
    private let wording: Wording
    private var stage = Stage.survey
    private var asked = 0
    private var facts = ClusterFacts()
    private var findings: [Finding] = []
    private var repairs: [String] = []
    private var checks = 0
    private var repaired = 0

    init(_ briefing: Briefing, seed: UInt64) {
        self.briefing = briefing
        var generator = SeededGenerator(seed: seed)
        survey = [.services, .pods, .deployments].shuffled(using: &generator)
        wording = Wording(using: &generator)
    }

    func next() -> Move {
        switch stage {
        case .survey:
            let table = survey[min(asked, survey.count - 1)]
            return Move(
                thought: wording.survey(table.resource),
                action: .shell(table.command(namespace: briefing.namespace)))
        case .evidence:
            return Move(
                thought: wording.suspicion(findings.map(\.explanation)),
                action: .shell(
                    KubectlTable.endpoints.command(namespace: briefing.namespace, name: findings.first?.component)))
        case .repair:
            return Move(
                thought: wording.repair(findings.map(\.explanation)), action: .shell(repairs.joined(separator: " && ")))
        case .check:
            let commands = [KubectlTable.services, .pods, .deployments].map {
                $0.command(namespace: briefing.namespace)
            }
            return Move(thought: wording.check, action: .shell("sleep 5; " + commands.joined(separator: "; ")))
        case .answer:
            return Move(thought: wording.conclusion(findings.map(\.explanation)), action: submission)
        }
    }

    mutating func take(_ observation: String, after move: Move) {
        switch stage {
        case .survey:
            facts.take(observation)
            asked += 1
            if asked == survey.count { conclude() }
        case .evidence: stage = briefing.taskType == .mitigation ? .repair : .answer
        case .repair:
            repaired += 1
            stage = .check
        case .check:
            facts.take(observation)
            checks += 1
            conclude()
        case .answer: break
        }
    }

    private mutating func conclude() {
        findings = facts.isBlind ? [] : Diagnosis(facts, namespace: briefing.namespace).findings
        repairs = findings.compactMap(\.repair)
        // A question that went unanswered is put once more.
        if !facts.isComplete, checks == 0 {
            stage = .check
            return
        }
        guard let first = findings.first else {
            stage = .answer
            return
        }
        if first.isPassing, checks < Self.patience {
            stage = .check
        } else if briefing.taskType != .mitigation {
            stage = first.kind == .wiring ? .evidence : .answer
        } else if !repairs.isEmpty, repaired < Self.maximumRepairs {
            stage = first.kind == .wiring && repaired == 0 ? .evidence : .repair
        } else {
            stage = first.isPassing && checks < Self.maximumChecks ? .check : .answer
        }
    }

    private var submission: Move.Action {
        switch briefing.taskType {
        case .detection: return .submit("has_anomaly", findings.isEmpty ? "No" : "Yes")
        case .localization:
            var components: [String] = []
            for finding in findings where !components.contains(finding.component) {
                components.append(finding.component)
            }
            return .submit("faulty_components", .array(components.map { .string($0) }))
        case .analysis:
            guard let finding = findings.first else { return .submit("analysis", nil) }
            return .submit(
                "analysis",
                ["system_level": .string(finding.systemLevel), "fault_type": .string(finding.faultType)])
        case .mitigation: return .submit("", nil)
        }
    }
}
