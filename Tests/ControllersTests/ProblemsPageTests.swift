import Agent
import Environments
import FoundationEssentials
import Problems
import Testing

/// docs/problems.md says of the problems what the code says of them.
@Suite struct ProblemsPageTests {
    @Test func everyProblemHasItsRowAndThereIsNoOther() throws {
        let catalogue = try Catalogue.builtin()
        let rows = try catalogue.ids.map { try row($0, catalogue) }
        let written = try page().filter { $0.hasPrefix("| `") }
        #expect(written == rows, "docs/problems.md should have\n\(rows.joined(separator: "\n"))")
    }

    @Test(arguments: AgentTask.Kind.allCases)
    func whatTheAgentIsAskedIsQuoted(_ kind: AgentTask.Kind) throws {
        let task = AgentTask(kind: kind, application: "a", namespace: "n", description: "d")
        let opening = PromptBuilder(task: task, strategy: .react, tools: [], maxSteps: 30).opening
        let lines = opening.split(separator: "\n").map(String.init)
        let label = try #require(lines.firstIndex { $0.hasSuffix(" \(kind.rawValue)") })
        let words = lines[(label + 1)...].prefix { !$0.hasPrefix("You have at most") }
        #expect(!words.isEmpty)
        let page = try page()
        for line in words { #expect(page.contains("    \(line)"), "docs/problems.md does not quote: \(line)") }
    }

    private func row(_ id: String, _ catalogue: Catalogue) throws -> String {
        let problem = try catalogue.problem(id)
        let broken =
            switch problem.fault {
            case .none: "nothing: the twin that tells an agent that looks from one that always says yes"
            case .targetPort(let fault):
                "Service `\(fault.service)` leads to port \(fault.to) instead of \(fault.from)"
            }
        let limits = "\(problem.limits.maxSteps) steps, \(problem.limits.timeoutSeconds / 60) min"
        let parameters = try parameters(id, catalogue)
        return "| `\(id)` | \(problem.taskType.rawValue) | \(broken) | \(parameters) | \(limits) |"
    }

    /// The refusal of one that cannot be lists those that can.
    private func parameters(_ id: String, _ catalogue: Catalogue) throws -> String {
        do {
            _ = try catalogue.problem(id, parameters: ["": ""])
        } catch .invalidParameter(_, let message) {
            let known = "known are "
            return message.hasPrefix(known) ? String(message.dropFirst(known.count)) : "–"
        }
        return "any"
    }

    private func page() throws -> [String] {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        let text = try String(contentsOfFile: root + "/docs/problems.md", encoding: .utf8)
        return text.split(separator: "\n").map(String.init)
    }
}
