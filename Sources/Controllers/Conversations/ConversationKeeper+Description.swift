import AIOpsAPI

extension ConversationKeeper.Description {
    /// What stands in the task about the model that is, or was, spoken to.
    ///
    /// `provider` is who answers, where that is known; for a conversation that exists it is in its spec already.
    init(_ task: AIOpsTask, claim: AIOpsTask.Claim, provider: String? = nil) {
        var model = LLMConversation.ModelIdentity()
        model.name = task.status.provenance?.model
        var settings = LLMConversation.CallSettings()
        var metadata = LLMConversation.Metadata()
        do {
            let spec = try task.runningSpec()
            metadata.problemID = spec.problem?.id
            if let effective = spec.effective(pool: try task.admittedDefaults()) {
                let named = effective.model.provider == .auto ? nil : effective.model.provider
                let answering = provider.map { ModelProvider(rawValue: $0) } ?? named
                let isSimulated = task.status.usage?.simulated == true && answering != .replay
                model.provider = isSimulated ? .simulated : answering
                settings.temperature = effective.model.temperature
                settings.topP = effective.model.topP
                settings.maxTokens = effective.model.maxTokens
            }
        } catch {
            // A damaged snapshot: the conversation is described by what is left.
            model.provider = nil
        }
        metadata.workerID = claim.worker
        metadata.clusterName = task.status.environment?.name
        metadata.success = task.status.result?.success
        self.init(
            model: model, settings: settings, role: nil, metadata: metadata,
            isSimulated: task.status.usage?.simulated ?? false, priceTable: task.status.usage?.priceTable)
    }
}
