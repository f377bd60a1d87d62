import Primitives

/// A stand-in for a model that really investigates: rules of general Kubernetes health, no knowledge of any problem.
///
/// It knows only what the messages say: task type and namespace from the briefing, the state of the cluster from what its
/// own commands brought back. When it sees nothing it says that it found nothing. The same messages and seed give the
/// same reply; the seed changes wording and the order of questions, never the conclusion.
package struct SimulatedModel: LanguageModel {
    private let seed: UInt64

    package init(seed: UInt64) { self.seed = seed }

    package var descriptor: ModelDescriptor {
        ModelDescriptor(provider: "Simulated", name: "simulated", isSimulated: true)
    }

    package func worstCase(_ request: ModelRequest) -> TokenUsage {
        TokenUsage(
            inputTokens: Self.tokens(request.messages), outputTokens: Int64(max(0, request.maxTokens)),
            isEstimated: true)
    }

    package func complete(_ request: ModelRequest) async throws(ModelError) -> ModelReply {
        if Task.isCancelled { throw .cancelled }
        let move = move(after: request.messages)
        var content = move?.reply ?? "I was not told the task type and the namespace, so I cannot take an action."
        var calls: [ToolCall] = []
        if let move, !request.tools.isEmpty {
            content = move.thought
            calls = [move.call(request.messages.count { $0.role == .assistant })]
        }
        let bytes = calls.reduce(content.utf8.count) { $0 + Self.bytes(of: $1) }
        return ModelReply(
            content: content, toolCalls: calls, finishReason: calls.isEmpty ? .stop : .toolCalls,
            usage: TokenUsage(
                inputTokens: Self.tokens(request.messages),
                outputTokens: min(Self.tokens(bytes: bytes), Int64(max(0, request.maxTokens))),
                isEstimated: true),
            modelID: descriptor.name)
    }

    /// Nothing where there is nothing to go by.
    private func move(after messages: [ChatMessage]) -> Move? {
        guard let briefing = Briefing(messages) else { return nil }
        var investigation = Investigation(briefing, seed: seed)
        for observation in briefing.observations {
            let move = investigation.next()
            investigation.take(observation, after: move)
        }
        return investigation.next()
    }

    /// Four bytes a token and four tokens a message: a usual estimate for English text, flagged as one in the usage.
    private static func tokens(_ messages: [ChatMessage]) -> Int64 {
        messages.reduce(0) { sum, message in
            sum + tokens(bytes: message.toolCalls.reduce(message.contentBytes) { $0 + bytes(of: $1) }) + 4
        }
    }

    private static func bytes(of call: ToolCall) -> Int { call.name.utf8.count + call.arguments.utf8.count }

    private static func tokens(bytes: Int) -> Int64 { Int64((bytes + 3) / 4) }
}
