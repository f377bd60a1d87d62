import AIOpsAPI

extension ConversationKeeper.Description {
    /// What stands in the task about the model that is, or was, spoken to.
    init(_ task: AIOpsTask, claim: AIOpsTask.Claim) {
        var model = LLMConversation.ModelIdentity()
        model.name = task.status.provenance?.model
        var settings = LLMConversation.CallSettings()
        do {
            if let effective = try task.runningSpec().effective() {
                let provider = ModelResolver.provider(of: effective.model)
                model.provider = task.status.usage?.simulated == true ? .simulated : provider
                settings.temperature = effective.model.temperature
                settings.topP = effective.model.topP
                settings.maxTokens = effective.model.maxTokens
            }
        } catch {
            // A damaged snapshot: the conversation is described by what is left.
            model.provider = nil
        }
        var metadata = LLMConversation.Metadata()
        metadata.workerID = claim.worker
        metadata.clusterName = task.status.environment?.name
        metadata.problemID = task.spec.problem?.id
        metadata.success = task.status.result?.success
        self.init(
            model: model, settings: settings, role: nil, metadata: metadata,
            isSimulated: task.status.usage?.simulated ?? false, priceTable: task.status.usage?.priceTable)
    }
}
