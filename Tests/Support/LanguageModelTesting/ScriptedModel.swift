internal import JSON
package import LanguageModels
internal import Primitives

/// A model whose replies a test writes.
///
/// It keeps every request, so a test can count what would have been paid.
package final class ScriptedModel: LanguageModel {
    package typealias Script = @Sendable (ModelRequest, Int) async throws(ModelError) -> ModelReply

    package let descriptor: ModelDescriptor
    private let script: Script
    private let asked = Locked<[ModelRequest]>([])

    /// The script gets the request and the number of the call, from 0.
    package init(
        descriptor: ModelDescriptor = ModelDescriptor(provider: "OpenAI", name: "gpt-4o-mini"),
        script: @escaping Script
    ) {
        self.descriptor = descriptor
        self.script = script
    }

    package var requests: [ModelRequest] { asked.withLock { $0 } }

    package func complete(_ request: ModelRequest) async throws(ModelError) -> ModelReply {
        let number = asked.withLock { asked in
            asked.append(request)
            return asked.count - 1
        }
        return try await script(request, number)
    }

    /// A token a byte, as for a real provider.
    package func worstCase(_ request: ModelRequest) -> TokenUsage { Self.bound(of: request) }

    package static func bound(of request: ModelRequest) -> TokenUsage {
        let tools = request.tools.reduce(0) { $0 + $1.description.utf8.count + $1.parameters.text.utf8.count }
        let words = request.messages.reduce(tools) { sum, message in
            message.toolCalls.reduce(sum + message.content.utf8.count) { $0 + $1.arguments.utf8.count }
        }
        return TokenUsage(
            inputTokens: Int64(words), outputTokens: Int64(request.maxTokens), isEstimated: true)
    }

    /// Text in the usual envelope, with a usage below any worst case.
    package static func reply(_ text: String, to request: ModelRequest) -> ModelReply {
        let input = request.messages.reduce(0) { $0 + Int64($1.content.utf8.count) / 4 }
        let output = min(Int64(text.utf8.count / 4 + 1), Int64(request.maxTokens))
        return ModelReply(
            content: text, usage: TokenUsage(inputTokens: input, outputTokens: output), modelID: "scripted")
    }

    /// A call in a code block.
    package static func action(_ call: String) -> String {
        "Thought: so be it\n\nAction:\n```\n\(call)\n```"
    }
}
