import LanguageModels
import Primitives

/// A model that answers at once, in the process itself; by the clock, each reply may take its time.
struct InstantModel: LanguageModel {
    let time: PacedTime
    let pace: Duration

    static let thought =
        "The pods of store are running and its service has endpoints, yet the front door answers 502, so I look at the ports "
        + "that the services lead to and compare them with those that the containers listen on."

    var descriptor: ModelDescriptor { ModelDescriptor(provider: "OpenAICompatible", name: "instant", isLocal: true) }

    func worstCase(_ request: ModelRequest) -> TokenUsage { TokenUsage(inputTokens: 1, outputTokens: 1) }

    func complete(_ request: ModelRequest) async throws(ModelError) -> ModelReply {
        let turn = request.messages.count
        time.advance(by: pace)
        return ModelReply(
            content: Self.thought,
            toolCalls: [
                ToolCall(
                    id: "call_\(turn)", name: "exec_shell",
                    arguments: #"{"command":"kubectl get services -o wide"}"#)
            ], finishReason: .toolCalls, usage: TokenUsage(inputTokens: 1, outputTokens: 1), modelID: "instant")
    }
}
