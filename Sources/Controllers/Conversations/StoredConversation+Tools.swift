import AIOpsAPI
import Agent
import AgentTools
import Conversations
import LanguageModels

extension StoredConversation {
    /// What the agent was offered: the tools that its task left it, and `submit` in the form that its kind of task asks for.
    ///
    /// Nil where that cannot be told any more: the task is gone, or its problem is none whose name says of which kind it is.
    var tools: [ExportTool]? {
        guard let spec = task?.followedSpec, let effective = spec.effective(), let problem = spec.problem?.id,
            let kind = AgentTask.Kind.allCases.first(where: { problem.contains("-\($0.rawValue)-") })
        else { return nil }
        let builder = PromptBuilder(
            task: AgentTask(kind: kind, application: "", namespace: "", description: ""),
            strategy: effective.strategy == .shell ? .shell : .react,
            tools: ClusterToolbox.descriptions(only: effective.tools), maxSteps: effective.maxSteps)
        return builder.definitions.map {
            ExportTool(name: $0.name, description: $0.description, parameters: $0.parameters)
        }
    }
}
