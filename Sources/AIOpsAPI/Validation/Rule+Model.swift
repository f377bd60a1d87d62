extension Rule {
    static let compatibleNeedsBaseURL = Rule(
        cel: "!has(self.provider) || self.provider != 'OpenAICompatible' || has(self.baseURL)",
        message: "set baseURL: provider OpenAICompatible has no address of its own", field: nil)

    static let replayNeedsConversation = Rule(
        cel: "(has(self.provider) && self.provider == 'Replay') == has(self.conversationRef)",
        message: "set conversationRef exactly when provider is Replay", field: nil)

    static let temperatureRange = Rule(
        cel: "!has(self.temperature) || double(self.temperature) <= 2.0",
        message: "set temperature to a decimal from \"0\" to \"2\"", field: "temperature")

    static let topPRange = Rule(
        cel: "!has(self.topP) || double(self.topP) <= 1.0",
        message: "set topP to a decimal from \"0\" to \"1\"", field: "topP")
}

extension ModelSettings {
    func violations(at path: String) -> [SpecProblem] {
        var problems: [SpecProblem] = []
        if provider == .openAICompatible, baseURL == nil {
            problems.append(SpecProblem(.compatibleNeedsBaseURL, at: path))
        }
        if (provider == .replay) != (conversationRef != nil) {
            problems.append(SpecProblem(.replayNeedsConversation, at: path))
        }
        if let nanos = temperature?.nanos, nanos > 2_000_000_000 {
            problems.append(SpecProblem(.temperatureRange, at: path, found: temperature?.rawValue))
        }
        if let nanos = topP?.nanos, nanos > 1_000_000_000 {
            problems.append(SpecProblem(.topPRange, at: path, found: topP?.rawValue))
        }
        return problems
    }
}
